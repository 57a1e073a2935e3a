import { defineAlerts } from '../../rules/rule.ts';

const CRON_JOB = 'namespace="restore-drill", cronjob="restore-drill"';

/** What a drill may take until it is missed. */
const DURATION_SECONDS = 9 * 3600;

/**
 * Alerts of the restore drill, from what kube-state-metrics knows of its CronJob. That a run failed, or did not begin, says
 * CronJobFailed or CronJobNotRun.
 *
 * @param everySeconds the longest time between two starts
 */
export const restoreDrillAlerts = (everySeconds: number) =>
  defineAlerts('namespace', {
    RestoreUnproven: {
      // A new one has its first run by then.
      expr: `time() - max by (namespace, cronjob) (
  kube_cronjob_status_last_successful_time{${CRON_JOB}} or kube_cronjob_created{${CRON_JOB}}
) > ${everySeconds + DURATION_SECONDS}`,
      for: '10m',
      severity: 'warning',
      summary: 'no backup was restored and verified for {{ $value | humanizeDuration }}',
      impact: 'nobody knows whether the databases could be restored',
      runbook: 'restore-drill',
    },
  });
