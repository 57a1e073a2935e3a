import { alertTable } from '../../../test/rules/alert-table.ts';
import { PROMETHEUS_ALERTS } from './alerts.ts';

const target = (pod = 'prometheus-main-0') =>
  `job="prometheus/prometheus",namespace="prometheus",container="prometheus",pod="${pod}"`;

const targets = (down: number, up: number, of = 'job="kubelet"') =>
  Object.fromEntries(
    Array.from({ length: down + up }, (_, i) => [`up{${of},instance="${i}"}`, `${i < down ? 0 : 1}x30`]),
  );
const loaded = (values: string) => ({ [`prometheus_config_last_reload_successful{${target()}}`]: values });
const failures = (values: string) => ({
  [`prometheus_rule_evaluation_failures_total{${target()},rule_group="rules.yaml;gateway"}`]: values,
});
const dropped = (alertmanager: string, values: string) => ({
  [`prometheus_notifications_dropped_total{${target()},alertmanager="${alertmanager}"}`]: values,
});
const samples = (pod: string, values: string) => ({
  [`prometheus_tsdb_head_samples_appended_total{${target(pod)},type="float"}`]: values,
});
const storage = (compactions: string, log = '0x90') => ({
  [`prometheus_tsdb_compactions_failed_total{${target()}}`]: compactions,
  [`prometheus_tsdb_head_truncations_failed_total{${target()}}`]: '0x90',
  [`prometheus_tsdb_checkpoint_creations_failed_total{${target()}}`]: '0x90',
  [`prometheus_tsdb_reloads_failures_total{${target()}}`]: '0x90',
  [`prometheus_tsdb_wal_corruptions_total{${target()}}`]: '0x90',
  [`prometheus_tsdb_wal_writes_failed_total{${target()}}`]: log,
});
const remote = (sent: string) => ({
  [`prometheus_remote_storage_queue_highest_timestamp_seconds{${target()},remote_name="archive",url="https://a"}`]:
    '0+60x90',
  [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${target()},remote_name="archive",url="https://a"}`]:
    sent,
});
const POD = { pod: 'prometheus-main-0' };

// Watchdog is left out of the table: there is nothing that it should be quiet for.
const { Watchdog, ...others } = PROMETHEUS_ALERTS;

alertTable(others, {
  TargetDown: {
    fires: [
      { series: targets(2, 8), at: 20, labels: { job: 'kubelet' }, inNoNamespace: true },
      { series: targets(1, 1, 'job="items/items",namespace="items"'), at: 20, labels: { namespace: 'items' } },
    ],
    quiet: [
      { series: targets(1, 9), at: 20 },
      // Probes, of which another alert tells.
      { series: targets(2, 8, 'job="blackbox",namespace="items"'), at: 20 },
    ],
  },
  PrometheusConfigNotLoaded: {
    fires: { series: loaded('0x30'), at: 15, labels: POD },
    quiet: { series: loaded('0x5 1x30'), at: 15 },
  },
  PrometheusRulesFail: {
    fires: { series: failures('0+1x60'), at: 20, labels: { rule_group: 'rules.yaml;gateway' } },
    quiet: { series: failures('0x5 1x60'), at: 15 },
  },
  PrometheusCannotNotify: {
    fires: { series: { ...dropped('a', '0+5x60'), ...dropped('b', '0+5x60') }, at: 20, labels: POD },
    // One of two receives all.
    quiet: { series: { ...dropped('a', '0+5x60'), ...dropped('b', '0x60') }, at: 20 },
  },
  PrometheusNotIngesting: {
    fires: [
      { series: samples('prometheus-main-0', '0+1000x5 5000x60'), at: 25 },
      // Not even its own series.
      { series: samples('prometheus-main-0', '0+1000x5'), at: 25 },
    ],
    quiet: {
      series: { ...samples('prometheus-main-0', '5000x60'), ...samples('prometheus-main-1', '0+1000x60') },
      at: 25,
    },
  },
  PrometheusStorageErrors: {
    fires: [
      { series: storage('0x10 1x80'), at: 25, labels: POD },
      { series: storage('0x90', '0+1x90'), at: 25, labels: POD },
    ],
    quiet: { series: storage('0x90'), at: 25 },
  },
  RemoteWriteBehind: {
    fires: { series: remote('0x90'), at: 30, labels: { ...POD, remote_name: 'archive' } },
    quiet: { series: remote('0x5 360+60x80'), at: 40 },
  },
});

alertTable({ Watchdog }, { Watchdog: { fires: { series: {}, at: 1, labels: { severity: 'info' } }, quiet: [] } });
