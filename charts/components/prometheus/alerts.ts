import { defineAlerts } from '../../rules/rule.ts';

const PROMETHEUS = 'namespace="prometheus", container="prometheus"';

/** What its storage counts when it cannot write, compact or read what it has. */
const STORAGE_ERRORS = [
  'prometheus_tsdb_compactions_failed_total',
  'prometheus_tsdb_head_truncations_failed_total',
  'prometheus_tsdb_checkpoint_creations_failed_total',
  'prometheus_tsdb_reloads_failures_total',
  'prometheus_tsdb_wal_corruptions_total',
  'prometheus_tsdb_wal_writes_failed_total',
];
const INGESTED = `rate(prometheus_tsdb_head_samples_appended_total{${PROMETHEUS}}[5m])`;
const UP = 'up{job!="blackbox"}';
const LATEST = 'max by (pod, remote_name)';

export const PROMETHEUS_ALERTS = defineAlerts('component', {
  Watchdog: {
    expr: 'vector(1)',
    severity: 'info',
    summary: 'alerts are evaluated and sent',
    impact: 'none: it always fires, and whoever receives it should be told if it stops',
    runbook: 'monitoring',
    about: 'cluster',
  },
  TargetDown: {
    // Probes of hosts have the namespace of the host; of them HostsNotProbed tells.
    expr: `count by (namespace, job) (${UP} == 0) / count by (namespace, job) (${UP}) > 0.1`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the targets of {{ $labels.job }} do not answer',
    impact: 'other alerts about them see nothing; the pods may be down too',
    runbook: 'monitoring',
    about: 'namespace',
  },
  PrometheusConfigNotLoaded: {
    expr: `min by (pod) (prometheus_config_last_reload_successful{${PROMETHEUS}}) == 0`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.pod }} could not load its configuration',
    impact: 'new targets and changed rules have no effect, and after a restart it does not start',
    runbook: 'monitoring',
  },
  PrometheusRulesFail: {
    expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{${PROMETHEUS}}[10m])) > 0`,
    for: '10m',
    severity: 'warning',
    summary: 'rules of {{ $labels.rule_group }} cannot be evaluated',
    impact: 'alerts of this group do not fire',
    runbook: 'monitoring',
  },
  PrometheusCannotNotify: {
    // It sends to every Alertmanager; one that receives them tells the others.
    expr: `min by (pod) (rate(prometheus_notifications_dropped_total{${PROMETHEUS}}[5m])) > 0`,
    for: '10m',
    severity: 'critical',
    summary: '{{ $labels.pod }} cannot send alerts to any Alertmanager',
    impact: 'nobody is told of any alert, unless another server sends it',
    runbook: 'monitoring',
  },
  PrometheusNotIngesting: {
    // A server that stores nothing does not even have the series that say so.
    expr: `sum(${INGESTED}) == 0 or absent(${INGESTED})`,
    for: '10m',
    severity: 'critical',
    summary: 'Prometheus stores no samples',
    impact: 'no other alert fires, whatever happens',
    runbook: 'monitoring',
  },
  PrometheusStorageErrors: {
    expr: `sum by (pod) (
  ${STORAGE_ERRORS.map((metric) => `increase(${metric}{${PROMETHEUS}}[3h])`).join('\n  + ')}
) > 0`,
    for: '10m',
    severity: 'warning',
    summary: 'the storage of {{ $labels.pod }} fails',
    impact: 'the volume fills up, and samples are lost at the next restart',
    runbook: 'monitoring',
  },
  RemoteWriteBehind: {
    expr: `${LATEST} (prometheus_remote_storage_queue_highest_timestamp_seconds{${PROMETHEUS}})
- ${LATEST} (prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${PROMETHEUS}})
> 300`,
    for: '15m',
    severity: 'warning',
    summary:
      '{{ $labels.pod }} is {{ $value | humanizeDuration }} behind in sending samples to {{ $labels.remote_name }}',
    impact: 'the remote storage lacks recent samples, and after some two hours those are lost',
    runbook: 'monitoring',
  },
});
