import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, timeSeries } from '../../dashboards/panels.ts';

const OWN = 'namespace="$namespace"';
/** Its database; the others are the server's own. */
const DATABASE = `${OWN}, datname="postfacto"`;
const rate = (metric: string, labels: string): string => `rate(${metric}{${labels}}[$__rate_interval])`;

/** Postfacto's database and message broker; its own process serves no metrics. */
export function postfacto(): DashboardBuilder {
  return dashboard({
    name: 'postfacto',
    description:
      'The database and the message broker of Postfacto. The application itself serves no metrics, nor does a managed database.',
    variables: { namespace: { label: 'Postfacto', of: 'redis_up' } },
    related: ['workload', 'gateway', 'velero'],
    alerts: OWN,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({ title: 'PostgreSQL answers', query: `min(pg_up{${OWN}})`, limits: { critical: 1, below: true } }),
          stat({ title: 'Valkey answers', query: `min(redis_up{${OWN}})`, limits: { critical: 1, below: true } }),
          stat({
            title: 'Database connections',
            description: 'Share of what the server allows.',
            unit: 'share',
            query: `sum(pg_stat_database_numbackends{${OWN}}) / max(pg_settings_max_connections{${OWN}})`,
            limits: { warning: 0.7, critical: 0.9 },
          }),
          stat({ title: 'Size of the database', unit: 'bytes', query: `max(pg_database_size_bytes{${DATABASE}})` }),
          stat({
            title: 'Memory of the broker',
            description: 'Share of what it may use; then it refuses messages.',
            unit: 'share',
            query: `max(redis_memory_used_bytes{${OWN}} / (redis_memory_max_bytes{${OWN}} > 0))`,
            limits: { warning: 0.8, critical: 0.95 },
          }),
          stat({
            title: 'Fullest volume',
            unit: 'share',
            query: `max(kubelet_volume_stats_used_bytes{${OWN}} / kubelet_volume_stats_capacity_bytes{${OWN}})`,
            limits: { warning: 0.8, critical: 0.9 },
          }),
        ],
      },
      {
        title: 'PostgreSQL',
        panels: [
          timeSeries({
            title: 'Transactions',
            unit: 'operations/s',
            queries: {
              committed: `sum(${rate('pg_stat_database_xact_commit', DATABASE)})`,
              'rolled back': `sum(${rate('pg_stat_database_xact_rollback', DATABASE)})`,
            },
          }),
          timeSeries({
            title: 'Rows',
            unit: 'operations/s',
            queries: {
              fetched: `sum(${rate('pg_stat_database_tup_fetched', DATABASE)})`,
              inserted: `sum(${rate('pg_stat_database_tup_inserted', DATABASE)})`,
              updated: `sum(${rate('pg_stat_database_tup_updated', DATABASE)})`,
              deleted: `sum(${rate('pg_stat_database_tup_deleted', DATABASE)})`,
            },
          }),
          timeSeries({
            title: 'Blocks found in memory',
            description: 'Of those that queries read; the others come from the disk, or from the cache of the kernel.',
            unit: 'share',
            queries: {
              found: `sum(${rate('pg_stat_database_blks_hit', DATABASE)}) / (sum(${rate('pg_stat_database_blks_hit', DATABASE)}) + sum(${rate('pg_stat_database_blks_read', DATABASE)}))`,
            },
            max: 1,
          }),
          timeSeries({
            title: 'Connections',
            queries: {
              '{{datname}}': `pg_stat_database_numbackends{${OWN}}`,
              allowed: `max(pg_settings_max_connections{${OWN}})`,
            },
          }),
          timeSeries({
            title: 'Deadlocks and temporary files',
            description: 'Within five minutes. A temporary file is a query that had too little memory.',
            queries: {
              deadlocks: `sum(increase(pg_stat_database_deadlocks{${DATABASE}}[5m]))`,
              'temporary files': `sum(increase(pg_stat_database_temp_files{${DATABASE}}[5m]))`,
            },
          }),
          timeSeries({
            title: 'Locks',
            queries: { '{{mode}}': `sum by (mode) (pg_locks_count{${DATABASE}}) > 0` },
          }),
        ],
      },
      {
        title: 'Valkey',
        panels: [
          timeSeries({
            title: 'Commands',
            unit: 'operations/s',
            queries: { commands: `sum(${rate('redis_commands_processed_total', OWN)})` },
          }),
          timeSeries({
            title: 'Clients and channels',
            queries: {
              clients: `sum(redis_connected_clients{${OWN}})`,
              channels: `sum(redis_pubsub_channels{${OWN}})`,
            },
          }),
          timeSeries({
            title: 'Memory',
            unit: 'bytes',
            queries: {
              used: `max(redis_memory_used_bytes{${OWN}})`,
              allowed: `max(redis_memory_max_bytes{${OWN}})`,
            },
          }),
          timeSeries({
            title: 'Refused connections',
            description: 'Within five minutes.',
            queries: { refused: `sum(increase(redis_rejected_connections_total{${OWN}}[5m]))` },
          }),
        ],
      },
    ],
  });
}
