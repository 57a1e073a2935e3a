import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('velero');
const HOUR_SECONDS = 3600;
/** What a backup may take, as a share of the time between two. */
const DURATION_SHARE = 0.25;
const MIN_DURATION_SECONDS = HOUR_SECONDS;
const MAX_DURATION_SECONDS = 6 * HOUR_SECONDS;

/** Options of the alerts of Velero. */
export interface VeleroAlertProps {
  /** Name of its Schedule. */
  readonly schedule: string;
  /** The longest time between two starts of a backup. */
  readonly everySeconds: number;
}

/** Alerts of Velero. Whether a backup can be restored has no metric: the restore drills say so. */
export const veleroAlerts = ({ schedule, everySeconds }: VeleroAlertProps) => {
  const duration = Math.min(MAX_DURATION_SECONDS, Math.max(MIN_DURATION_SECONDS, everySeconds * DURATION_SHARE));
  const ofSchedule = `${JOB}, schedule="${schedule}"`;
  const olderThan = (seconds: number): string =>
    `time() - max by (schedule) (velero_backup_last_successful_timestamp{${ofSchedule}}) > ${seconds}`;
  const failed = (kind: string): string => `sum(increase(velero_backup_${kind}_total{${ofSchedule}}[12h]))`;
  return defineAlerts('component', {
    BackupOverdue: {
      expr: olderThan(everySeconds + duration),
      for: '10m',
      severity: 'warning',
      summary: 'the last good backup of schedule {{ $labels.schedule }} is {{ $value | humanizeDuration }} old',
      impact: 'what was written since then cannot be restored',
      runbook: 'backups',
      mutedBy: { BackupsStopped: ['schedule'] },
    },
    BackupsStopped: {
      expr: olderThan(2 * everySeconds + duration),
      for: '10m',
      severity: 'critical',
      summary: 'the last good backup of schedule {{ $labels.schedule }} is {{ $value | humanizeDuration }} old',
      impact: 'two backups in a row are missing: what was written since then cannot be restored',
      runbook: 'backups',
    },
    NoBackup: {
      expr: `absent(velero_backup_last_successful_timestamp{${ofSchedule}})`,
      // A new cluster has its first backup by then.
      for: `${Math.ceil((everySeconds + duration) / HOUR_SECONDS)}h`,
      severity: 'critical',
      summary: 'Velero knows no good backup of schedule {{ $labels.schedule }}',
      impact: 'nothing can be restored, or nobody knows whether it can',
      runbook: 'backups',
    },
    BackupFailed: {
      expr: `${failed('failure')} + ${failed('partial_failure')} + ${failed('validation_failure')} > 0`,
      severity: 'warning',
      summary: `a backup of schedule ${schedule} failed, or is not complete`,
      impact: 'the last good backup is an older one',
      runbook: 'backups',
    },
    BackupLocationUnavailable: {
      expr: `max by (backup_location_name) (velero_backup_location_status_gauge{${JOB}}) == 0`,
      for: '30m',
      severity: 'warning',
      summary: 'Velero cannot use the backup location {{ $labels.backup_location_name }}',
      impact: 'no backup is made, and none can be restored',
      runbook: 'backups',
    },
    VeleroDown: {
      expr: noneUp(JOB),
      for: '30m',
      severity: 'warning',
      summary: 'Velero is not running',
      impact: 'no backup is made',
      runbook: 'backups',
    },
  });
};
