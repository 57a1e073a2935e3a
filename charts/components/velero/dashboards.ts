import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

/** Backups of schedules; those that people start have an empty label. */
const SCHEDULED = 'schedule!=""';
const DAY = 86_400;
const inADay = (metric: string): string => `sum by (schedule) (increase(${metric}{${SCHEDULED}}[1d]))`;

/** Backups: their age, what failed, and whether they can be restored. */
export function velero(): DashboardBuilder {
  return dashboard({
    name: 'velero',
    description: 'How old backups are, what failed, and what was restored.',
    related: ['mongo', 'postfacto', 'workload'],
    alerts: 'namespace="velero"',
    rows: [
      {
        title: 'Backups',
        panels: [
          stat({
            title: 'Oldest newest backup',
            description: 'Of the schedule that has waited longest for one that succeeded: the data that could be lost.',
            unit: 'seconds',
            query: `time() - min(velero_backup_last_successful_timestamp{${SCHEDULED}})`,
            limits: { warning: 1.25 * DAY, critical: 2 * DAY },
            width: 6,
          }),
          stat({
            title: 'Places of backups that cannot be reached',
            query: 'count(velero_backup_location_status_gauge == 0) or vector(0)',
            limits: { critical: 1 },
            width: 6,
          }),
          stat({
            title: 'Failed in a day',
            query:
              'sum(increase(velero_backup_failure_total[1d])) + sum(increase(velero_backup_partial_failure_total[1d]))',
            limits: { warning: 1, critical: 3 },
            width: 6,
          }),
          stat({ title: 'Kept backups', query: 'sum(velero_backup_total)', width: 6 }),
          table({
            title: 'Schedules',
            labels: { schedule: 'Schedule' },
            values: [
              {
                name: 'Newest that succeeded',
                unit: 'time',
                query: `1000 * max by (schedule) (velero_backup_last_successful_timestamp{${SCHEDULED}})`,
              },
              {
                name: 'Last one succeeded',
                query: `max by (schedule) (velero_backup_last_status{${SCHEDULED}})`,
                limits: { critical: 1, below: true },
              },
              { name: 'Items', query: `max by (schedule) (velero_backup_items_total{${SCHEDULED}})` },
              {
                name: 'Items that failed',
                query: `max by (schedule) (velero_backup_items_errors{${SCHEDULED}})`,
                limits: { critical: 1 },
              },
              {
                name: 'Size of the manifests',
                unit: 'bytes',
                query: `max by (schedule) (velero_backup_tarball_size_bytes{${SCHEDULED}})`,
              },
            ],
          }),
          timeSeries({
            title: 'Within a day',
            queries: {
              '{{schedule}} succeeded': inADay('velero_backup_success_total'),
              '{{schedule}} in part': inADay('velero_backup_partial_failure_total'),
              '{{schedule}} failed': inADay('velero_backup_failure_total'),
            },
          }),
          timeSeries({
            title: 'Mean duration',
            unit: 'seconds',
            queries: {
              '{{schedule}}': `sum by (schedule) (increase(velero_backup_duration_seconds_sum{${SCHEDULED}}[1d])) / sum by (schedule) (increase(velero_backup_duration_seconds_count{${SCHEDULED}}[1d]))`,
            },
          }),
        ],
      },
      {
        title: 'Volumes and restores',
        panels: [
          timeSeries({
            title: 'Snapshots and copies of volumes, within a day',
            queries: {
              'snapshots taken': 'sum(increase(velero_csi_snapshot_success_total[1d]))',
              'snapshots failed': 'sum(increase(velero_csi_snapshot_failure_total[1d]))',
              'copies begun': 'sum(increase(podVolume_pod_volume_backup_enqueue_count[1d]))',
              'copies ended': 'sum(increase(podVolume_pod_volume_backup_dequeue_count[1d]))',
            },
          }),
          timeSeries({
            title: 'Restores, within a day',
            queries: {
              begun: 'sum(increase(velero_restore_attempt_total[1d]))',
              succeeded: 'sum(increase(velero_restore_success_total[1d]))',
              'in part': 'sum(increase(velero_restore_partial_failure_total[1d]))',
              failed: 'sum(increase(velero_restore_failed_total[1d]))',
            },
          }),
          timeSeries({
            title: 'Maintenance of repositories, within a day',
            description: 'It removes what no backup needs any more.',
            queries: {
              '{{repository_name}} succeeded':
                'sum by (repository_name) (increase(velero_repo_maintenance_success_total[1d]))',
              '{{repository_name}} failed':
                'sum by (repository_name) (increase(velero_repo_maintenance_failure_total[1d]))',
            },
            width: 24,
          }),
        ],
      },
    ],
  });
}
