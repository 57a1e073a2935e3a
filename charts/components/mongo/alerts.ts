import { defineAlerts } from '../../rules/rule.ts';

/**
 * Alerts on one replica set. Each of its members reports how it sees all of them.
 *
 * @param namespace of the replica set
 */
export function mongoAlerts(namespace: string) {
  const own = `namespace="${namespace}"`;
  /** How far each secondary, as the members that know most of it see it, is behind the primary: milliseconds. */
  const lag = `max by (namespace) (mongodb_rs_members_optimeDate{${own}, member_state="PRIMARY"})
- on (namespace) group_right ()
max by (namespace, member_idx) (mongodb_rs_members_optimeDate{${own}, member_state="SECONDARY"})`;
  return defineAlerts('namespace', {
    MongoNoPrimary: {
      expr: `max by (namespace) (absent(mongodb_rs_myState{${own}, rs_state="1"}))`,
      for: '3m',
      severity: 'critical',
      summary: 'no member of the replica set in {{ $labels.namespace }} is primary',
      impact: 'nothing can be written, and most clients read nothing either',
      runbook: 'mongodb-alerts',
    },
    MongoMemberDown: {
      // Primary (1) or secondary (2), as one of the others at least sees it; what is down sees itself as nothing.
      expr: `min by (namespace, member_idx) (mongodb_rs_members_state{${own}}) > 2
or
max by (namespace, member_idx) (mongodb_rs_members_state{${own}}) == 0`,
      for: '15m',
      severity: 'warning',
      summary: '{{ $labels.member_idx }} is neither primary nor secondary',
      impact: 'one more member down, and nothing can be written',
      runbook: 'mongodb-alerts',
    },
    MongoReplicationLag: {
      expr: `(${lag}) / 1000 > 60`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $labels.member_idx }} is {{ $value | humanizeDuration }} behind the primary',
      impact: 'reads there are old, writes that wait for a majority take as long, and dumps may be taken there',
      runbook: 'mongodb-alerts',
    },
    MongoOplogShort: {
      // The exporter reports no times of the oplog's entries: its size, and the bytes that go into it.
      expr: `min by (namespace) (
  mongodb_oplog_stats_maxSize{${own}} / (rate(mongodb_oplog_stats_wt_cursor_insert_key_and_value_bytes{${own}}[1h]) > 0)
) < 24 * 3600`,
      for: '1h',
      severity: 'warning',
      summary: 'at this rate the oplog in {{ $labels.namespace }} holds the writes of {{ $value | humanizeDuration }}',
      impact: 'a member that is down for longer has to copy all data anew',
      runbook: 'mongodb-alerts',
    },
    MongoConnectionsHigh: {
      expr: `max by (namespace, pod) (
  mongodb_ss_connections{${own}, conn_type="current"}
  / ignoring (conn_type)
  (mongodb_ss_connections{${own}, conn_type="current"} + ignoring (conn_type) mongodb_ss_connections{${own}, conn_type="available"})
) > 0.8`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $labels.pod }} has used {{ $value | humanizePercentage }} of its connections',
      impact: 'beyond that, clients are refused',
      runbook: 'mongodb-alerts',
    },
    MongoUnreachable: {
      expr: `max by (namespace, pod) (mongodb_up{${own}}) == 0`,
      for: '15m',
      severity: 'warning',
      summary: 'the exporter of {{ $labels.pod }} cannot query its server',
      impact: 'the member is down or refuses the exporter, and is not measured',
      runbook: 'mongodb-alerts',
    },
  });
}
