import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

const SET = 'namespace="$namespace"';
const rate = (metric: string, labels = SET): string => `rate(${metric}{${labels}}[$__rate_interval])`;

/** A replica set, each member as its own exporter sees it. */
export function mongo(): DashboardBuilder {
  return dashboard({
    name: 'mongo',
    description: 'Members of a replica set, their operations, and what they are short of.',
    variables: { namespace: { label: 'Replica set', of: 'mongodb_up' } },
    related: ['workload', 'service', 'velero'],
    alerts: SET,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({
            title: 'Members that answer',
            query: `sum(mongodb_up{${SET}})`,
            limits: { warning: 3, critical: 2, below: true },
          }),
          stat({
            title: 'Primaries',
            description: 'Without one, nothing can be written.',
            query: `count(mongodb_rs_myState{${SET}} == 1) or vector(0)`,
            limits: { critical: 1, below: true },
          }),
          stat({
            title: 'Replication lag',
            description: 'Of the slowest member: the writes that it would lose as a primary, and how late reads are.',
            unit: 'seconds',
            query: `max((max by (namespace) (mongodb_members_optimeDate{${SET}}) - on (namespace) group_right () min by (namespace, member_idx) (mongodb_members_optimeDate{${SET}, member_state="SECONDARY"})) / 1000)`,
            limits: { warning: 10, critical: 60 },
          }),
          stat({
            title: 'Oplog',
            description: 'The time that a member may be away and still catch up.',
            unit: 'seconds',
            query: `min(mongodb_oplog_stats_end{${SET}} - mongodb_oplog_stats_start{${SET}}) / 1000`,
          }),
          stat({
            title: 'Connections',
            query: `sum(mongodb_ss_connections{${SET}, conn_type="current"})`,
          }),
          stat({
            title: 'Fullest volume',
            unit: 'share',
            query: `max(kubelet_volume_stats_used_bytes{${SET}} / kubelet_volume_stats_capacity_bytes{${SET}})`,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          table({
            title: 'Members',
            description: 'As each sees itself; state 1 is the primary, 2 a secondary.',
            labels: { pod: 'Pod' },
            values: [
              { name: 'State', query: `max by (pod) (mongodb_rs_myState{${SET}})` },
              { name: 'Running for', unit: 'seconds', query: `max by (pod) (mongodb_ss_uptime{${SET}})` },
              {
                name: 'Connections',
                query: `max by (pod) (mongodb_ss_connections{${SET}, conn_type="current"})`,
              },
              {
                name: 'Cache used',
                unit: 'share',
                query: `max by (pod) (mongodb_ss_wt_cache_bytes_currently_in_the_cache{${SET}}) / max by (pod) (mongodb_ss_wt_cache_maximum_bytes_configured{${SET}})`,
              },
            ],
            height: 5,
          }),
        ],
      },
      {
        title: 'Operations',
        panels: [
          timeSeries({
            title: 'By type',
            unit: 'operations/s',
            queries: { '{{legacy_op_type}}': `sum by (legacy_op_type) (${rate('mongodb_ss_opcounters')})` },
            stacked: true,
          }),
          timeSeries({
            title: 'Mean duration',
            unit: 'seconds',
            queries: {
              '{{op_type}}': `sum by (op_type) (${rate('mongodb_ss_opLatencies_latency')}) / sum by (op_type) (${rate('mongodb_ss_opLatencies_ops')}) / 1e6`,
            },
          }),
          timeSeries({
            title: 'Documents',
            unit: 'operations/s',
            queries: { '{{doc_op_type}}': `sum by (doc_op_type) (${rate('mongodb_ss_metrics_document')})` },
          }),
          timeSeries({
            title: 'Documents read for each that was returned',
            description: 'Far above 1, an index is missing.',
            queries: {
              '{{pod}}': `sum by (pod) (${rate('mongodb_ss_metrics_queryExecutor_scannedObjects')}) / sum by (pod) (${rate('mongodb_ss_metrics_document', `${SET}, doc_op_type="returned"`)})`,
            },
          }),
        ],
      },
      {
        title: 'Saturation',
        panels: [
          timeSeries({
            title: 'Cache',
            description:
              'Above 0.8 of it, or with a fifth of it not yet written, operations are made to clean up first.',
            unit: 'share',
            queries: {
              '{{pod}} used': `mongodb_ss_wt_cache_bytes_currently_in_the_cache{${SET}} / mongodb_ss_wt_cache_maximum_bytes_configured{${SET}}`,
              '{{pod}} not yet written': `mongodb_ss_wt_cache_tracked_dirty_bytes_in_the_cache{${SET}} / mongodb_ss_wt_cache_maximum_bytes_configured{${SET}}`,
            },
          }),
          timeSeries({
            title: 'Operations that wait for a lock',
            queries: { '{{pod}} {{count_type}}': `mongodb_ss_globalLock_currentQueue{${SET}, count_type!="total"}` },
          }),
          timeSeries({
            title: 'Connections',
            queries: { '{{pod}}': `mongodb_ss_connections{${SET}, conn_type="current"}` },
          }),
          timeSeries({
            title: 'Lag by member',
            unit: 'seconds',
            queries: {
              '{{member_idx}}': `(max by (namespace) (mongodb_members_optimeDate{${SET}}) - on (namespace) group_right () min by (namespace, member_idx) (mongodb_members_optimeDate{${SET}, member_state="SECONDARY"})) / 1000`,
            },
            limits: { warning: 10, critical: 60 },
          }),
        ],
      },
    ],
  });
}
