import { defineAlerts } from '../../rules/rule.ts';

/** Requests that end by themselves and are not passed on to a pod or a node. */
const ENDING = 'verb!~"WATCH|CONNECT", subresource!~"proxy|log|exec|attach|portforward"';

/** PromQL of the rate of the API server's requests. */
const requests = (more = ''): string => `sum(rate(apiserver_request_total{${ENDING}${more}}[5m]))`;

/** PromQL of a quantity of volumes; a volume that is mounted on several nodes is reported by each. */
const volume = (quantity: string): string =>
  `max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_${quantity})`;

/** PromQL of the share of a volume that is left. */
const LEFT = `${volume('available_bytes')} / ${volume('capacity_bytes')}`;

/** The API servers, the kubelets, and the volumes that these report. */
export const CLUSTER_ALERTS = defineAlerts('cluster', {
  ApiServerDown: {
    expr: 'absent(up{job="apiserver"} == 1)',
    for: '5m',
    severity: 'critical',
    summary: 'Prometheus reaches no API server',
    impact: 'pods that run go on; nothing is started, moved, scaled or synced',
    runbook: 'control-plane',
  },
  ApiServerErrors: {
    expr: `${requests(', code=~"5.."')} / ${requests()} > 0.05`,
    for: '15m',
    severity: 'critical',
    summary: 'the API server fails {{ $value | humanizePercentage }} of its requests',
    impact: 'controllers, Argo CD and kubectl fail now and then; nodes may be taken for lost',
    runbook: 'control-plane',
  },
  ApiServerSlow: {
    expr: `histogram_quantile(0.99, sum by (le, verb) (rate(apiserver_request_duration_seconds_bucket{${ENDING}, verb=~"GET|POST|PUT|PATCH|DELETE"}[10m]))) > 1`,
    for: '30m',
    severity: 'warning',
    summary:
      'a hundredth of the {{ $labels.verb }} requests to the API server take {{ $value | humanizeDuration }} or more',
    impact: 'syncs, rollouts and autoscaling are slow; a slow admission webhook may be the reason',
    runbook: 'control-plane',
  },
  AdmissionWebhookFails: {
    expr: `sum by (name) (rate(apiserver_admission_webhook_rejection_count{error_type=~"calling_webhook_error|apiserver_internal_error"}[10m])) > 0`,
    for: '10m',
    severity: 'warning',
    summary: 'requests are refused, since the admission webhook {{ $labels.name }} does not answer',
    impact: 'objects that it reviews can be neither created nor changed: syncs fail',
    runbook: 'control-plane',
  },
  AggregatedApiUnavailable: {
    expr: 'max by (name) (aggregator_unavailable_apiservice) == 1',
    for: '10m',
    severity: 'warning',
    summary: 'the API {{ $labels.name }} is not served',
    impact: 'who asks for it fails, and no namespace can be deleted; of metrics.k8s.io: nothing is autoscaled',
    runbook: 'control-plane',
  },
  ClientCertificateExpires: {
    expr: `histogram_quantile(0.01, sum by (le) (rate(apiserver_client_certificate_expiration_seconds_bucket[10m]))) < 86400`,
    for: '15m',
    severity: 'warning',
    summary: 'a certificate that clients of the API server use expires in {{ $value | humanizeDuration }}',
    impact: 'after that the client, perhaps a node or a controller, is refused',
    runbook: 'control-plane',
  },
  KubeletDown: {
    // Of a node that is not ready there is an alert of its own.
    expr: `max by (node) (up{job="kubelet"}) == 0
unless on (node)
max by (node) (kube_node_status_condition{condition="Ready", status="true"} == 0)`,
    for: '15m',
    severity: 'warning',
    summary: 'the kubelet of node {{ $labels.node }} is not scraped',
    impact: 'its volumes are not watched; perhaps it starts and probes no pods either',
    runbook: 'nodes',
  },
  KubeletSlow: {
    // A node is not ready once a look at its containers takes three minutes.
    expr: `histogram_quantile(0.99, sum by (node, le) (rate(kubelet_pleg_relist_duration_seconds_bucket[10m]))) >= 5`,
    for: '15m',
    severity: 'warning',
    summary: 'the kubelet of node {{ $labels.node }} takes {{ $value | humanizeDuration }} to look at its containers',
    impact: 'pods start, stop and become ready late; the node may become not ready',
    runbook: 'nodes',
  },
  KubeletCertificateExpires: {
    expr: `min by (node) (kubelet_certificate_manager_client_ttl_seconds < 86400 or kubelet_certificate_manager_server_ttl_seconds < 86400)`,
    for: '1h',
    severity: 'warning',
    summary: 'a certificate of the kubelet of node {{ $labels.node }} expires in {{ $value | humanizeDuration }}',
    impact: 'it should have renewed it long ago: after that the node is lost, or its logs and metrics are',
    runbook: 'nodes',
  },
  NodePodsNearLimit: {
    expr: `max by (node) (kubelet_running_pods) / on (node) max by (node) (kube_node_status_allocatable{resource="pods"}) > 0.95`,
    for: '30m',
    severity: 'info',
    summary: 'node {{ $labels.node }} runs {{ $value | humanizePercentage }} of the pods that it may',
    impact: 'it takes no more, however much CPU and memory are free',
    runbook: 'nodes',
  },
  VolumeFull: {
    expr: `${LEFT} < 0.05`,
    for: '5m',
    severity: 'critical',
    summary:
      'the volume of {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} left',
    impact: 'at zero, what writes there fails: a database stops',
    runbook: 'volumes-full',
    about: 'namespace',
  },
  VolumeFilling: {
    // A dump fills its volume at once and then stops: that would be predicted to go on, so it must still be growing.
    expr: `${LEFT} < 0.15
or
(
  ${LEFT} < 0.5
  and
  max by (namespace, persistentvolumeclaim) (predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600)) < 0
  and
  max by (namespace, persistentvolumeclaim) (deriv(kubelet_volume_stats_available_bytes[1h])) < 0
)`,
    for: '2h',
    severity: 'warning',
    summary:
      'the volume of {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} left, or is full within four days',
    impact: 'at zero, what writes there fails; to grow takes a while, and only once in a few hours',
    runbook: 'volumes-full',
    about: 'namespace',
    mutedBy: { VolumeFull: ['namespace', 'persistentvolumeclaim'] },
  },
  VolumeInodesFull: {
    expr: `${volume('inodes_free')} / ${volume('inodes')} < 0.05`,
    for: '15m',
    severity: 'critical',
    summary:
      'the volume of {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} of its inodes left',
    impact: 'at zero, no file can be created there, however much space there is',
    runbook: 'volumes-full',
    about: 'namespace',
  },
});
