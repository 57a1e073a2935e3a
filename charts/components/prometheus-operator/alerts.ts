import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('prometheus-operator');

export const PROMETHEUS_OPERATOR_ALERTS = defineAlerts('component', {
  MonitoringObjectNotReconciled: {
    expr: `max by (controller) (prometheus_operator_syncs{${JOB}, status="failed"}) > 0`,
    for: '15m',
    severity: 'warning',
    summary: 'the operator cannot reconcile {{ $value }} objects of its controller {{ $labels.controller }}',
    impact: 'changed rules, targets and settings have no effect',
    runbook: 'monitoring',
  },
  MonitoringObjectRejected: {
    expr: `max by (controller, resource) (prometheus_operator_managed_resources{${JOB}, state="rejected"}) > 0`,
    for: '10m',
    severity: 'warning',
    summary: 'the operator rejects {{ $value }} {{ $labels.resource }}',
    impact: 'their rules are not evaluated, or their targets not scraped',
    runbook: 'monitoring',
  },
  PrometheusOperatorDown: {
    expr: noneUp(JOB),
    for: '30m',
    severity: 'warning',
    summary: 'the operator of Prometheus is not running',
    impact: 'changed rules, targets and settings have no effect; what runs goes on',
    runbook: 'monitoring',
  },
});
