import { alertTable } from '../../../test/rules/alert-table.ts';
import { restoreDrillAlerts } from './alerts.ts';

const CRON_JOB = 'namespace="restore-drill", cronjob="restore-drill"';
const HOUR = 3600;
const DAY = 24 * HOUR;
const created = (at: number) => ({ [`kube_cronjob_created{${CRON_JOB}}`]: `${at}x1500` });
const succeeded = (at: number) => ({ [`kube_cronjob_status_last_successful_time{${CRON_JOB}}`]: `${at}x1500` });

// Each day at its time, so that a second day and nine hours without success are too many. Times are minutes after the epoch.
alertTable(restoreDrillAlerts(DAY), {
  RestoreUnproven: {
    fires: [
      { series: { ...created(-10 * DAY), ...succeeded(-12 * HOUR) }, at: 24 * 60 },
      { series: created(-12 * HOUR), at: 24 * 60 },
    ],
    quiet: [
      { series: { ...created(-10 * DAY), ...succeeded(-6 * HOUR) }, at: 24 * 60 },
      { series: created(-6 * HOUR), at: 24 * 60 },
    ],
  },
});
