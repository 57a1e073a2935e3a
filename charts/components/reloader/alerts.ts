import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('reloader');

export const RELOADER_ALERTS = defineAlerts('component', {
  ReloadFailed: {
    expr: `sum(increase(reloader_reload_executed_total{${JOB}, success="false"}[1h])) > 0`,
    severity: 'warning',
    summary: 'Reloader could not roll a workload whose Secret has changed',
    impact: 'its pods go on with the old value, and fail once that is no longer valid',
    runbook: 'stored-secrets',
  },
  ReloaderDown: {
    expr: noneUp(JOB),
    for: '30m',
    severity: 'warning',
    summary: 'Reloader is not running',
    impact: 'pods go on with the old value of a Secret that changes; nothing rolls them later',
    runbook: 'stored-secrets',
  },
});
