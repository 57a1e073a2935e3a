import { alertTable } from '../../../test/rules/alert-table.ts';
import { CLUSTER_ALERTS } from './cluster-alerts.ts';

const CLAIM = 'node="a", namespace="mongo", persistentvolumeclaim="data-mongo-0"';
const VOLUME = { namespace: 'mongo', persistentvolumeclaim: 'data-mongo-0' };
const GET = 'verb="GET", resource="pods"';

const requests = (failed: number, labels = GET) => ({
  [`apiserver_request_total{${labels}, code="200"}`]: '0+100x60',
  [`apiserver_request_total{${labels}, code="500"}`]: `0+${failed}x60`,
});

/** A histogram, by how many observations fall into each of its buckets in a minute. */
const histogram = (name: string, labels: string, buckets: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(buckets).map(([le, each]) => [`${name}_bucket{${labels}, le="${le}"}`, `0+${each}x60`]),
  );
const durations = (fast: number, labels = GET) =>
  histogram('apiserver_request_duration_seconds', labels, { 0.5: fast, 2: 100, '+Inf': 100 });
const relists = (fast: number) =>
  histogram('kubelet_pleg_relist_duration_seconds', 'job="kubelet", node="a"', { 5: fast, 10: 100, '+Inf': 100 });
const certificates = (short: number) =>
  histogram('apiserver_client_certificate_expiration_seconds', 'job="apiserver"', {
    43200: short,
    86400: short,
    2592000: 100,
    '+Inf': 100,
  });

/** A volume of 100 bytes. */
const volume = (available: string) => ({
  [`kubelet_volume_stats_available_bytes{${CLAIM}}`]: available,
  [`kubelet_volume_stats_capacity_bytes{${CLAIM}}`]: '100x800',
});

const inodes = (free: number) => ({
  [`kubelet_volume_stats_inodes_free{${CLAIM}}`]: `${free}x60`,
  [`kubelet_volume_stats_inodes{${CLAIM}}`]: '100x60',
});

const running = (pods: number) => ({
  'kubelet_running_pods{job="kubelet", node="a"}': `${pods}x60`,
  'kube_node_status_allocatable{node="a", resource="pods"}': '110x60',
});

const rejected = (type: string) => ({
  [`apiserver_admission_webhook_rejection_count{name="webhook.cert-manager.io", error_type="${type}"}`]: '0+1x60',
});

alertTable(CLUSTER_ALERTS, {
  ApiServerDown: {
    fires: { series: { 'up{job="apiserver", instance="a"}': '0x60' }, at: 10 },
    quiet: {
      series: { 'up{job="apiserver", instance="a"}': '0x60', 'up{job="apiserver", instance="b"}': '1x60' },
      at: 10,
    },
  },
  ApiServerErrors: {
    fires: { series: requests(10), at: 30 },
    quiet: [
      { series: requests(4), at: 30 },
      { series: { ...requests(0), ...requests(50, 'verb="CONNECT", subresource="proxy"') }, at: 30 },
    ],
  },
  ApiServerSlow: {
    fires: { series: durations(90), at: 50, labels: { verb: 'GET' } },
    quiet: [
      { series: durations(100), at: 50 },
      { series: durations(0, 'verb="WATCH"'), at: 50 },
    ],
  },
  AdmissionWebhookFails: {
    fires: { series: rejected('calling_webhook_error'), at: 30, labels: { name: 'webhook.cert-manager.io' } },
    quiet: { series: rejected('no_error'), at: 30 },
  },
  AggregatedApiUnavailable: {
    fires: {
      series: { 'aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"}': '1x60' },
      at: 20,
      labels: { name: 'v1beta1.metrics.k8s.io' },
    },
    quiet: { series: { 'aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"}': '1x5 0x50' }, at: 20 },
  },
  ClientCertificateExpires: {
    fires: { series: certificates(2), at: 40 },
    quiet: { series: certificates(0), at: 40 },
  },
  KubeletDown: {
    fires: { series: { 'up{job="kubelet", node="a"}': '0x60' }, at: 30, labels: { node: 'a' } },
    quiet: {
      series: {
        'up{job="kubelet", node="a"}': '0x60',
        'kube_node_status_condition{node="a", condition="Ready", status="true"}': '0x60',
      },
      at: 30,
    },
  },
  KubeletSlow: {
    fires: { series: relists(90), at: 40, labels: { node: 'a' } },
    quiet: { series: relists(100), at: 40 },
  },
  KubeletCertificateExpires: {
    fires: {
      series: {
        'kubelet_certificate_manager_client_ttl_seconds{job="kubelet", node="a"}': '2592000x90',
        'kubelet_certificate_manager_server_ttl_seconds{job="kubelet", node="a"}': '3600x90',
      },
      at: 70,
      labels: { node: 'a' },
    },
    quiet: {
      series: { 'kubelet_certificate_manager_client_ttl_seconds{job="kubelet", node="a"}': '2592000x90' },
      at: 70,
    },
  },
  NodePodsNearLimit: {
    fires: { series: running(108), at: 40, labels: { node: 'a' } },
    quiet: { series: running(100), at: 40 },
  },
  VolumeFull: {
    fires: { series: volume('4x60'), at: 10, labels: VOLUME },
    quiet: { series: volume('6x60'), at: 10 },
  },
  VolumeFilling: {
    fires: [
      { series: volume('14x200'), at: 130, labels: VOLUME },
      { series: volume('45-0.02x800'), at: 500, labels: VOLUME },
    ],
    quiet: [
      { series: volume('80-0.02x800'), at: 500 },
      { series: volume('45-0.001x800'), at: 500 },
      { series: volume('45x400 45-2x10 25x400'), at: 530 },
    ],
  },
  VolumeInodesFull: {
    fires: { series: inodes(4), at: 20, labels: VOLUME },
    quiet: { series: inodes(6), at: 20 },
  },
});
