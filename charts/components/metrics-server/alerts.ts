import { defineAlerts } from '../../rules/rule.ts';
import { jobOf } from '../../rules/target.ts';

const JOB = jobOf('metrics-server');
const SCALING = 'autoscalers keep the replicas that they have, whatever the load, and `kubectl top` fails';

export const METRICS_SERVER_ALERTS = defineAlerts('component', {
  MetricsApiUnavailable: {
    // As the API server sees it: no pod, none that is ready, or a certificate that it does not trust.
    expr: 'max by (name) (aggregator_unavailable_apiservice{job="apiserver", name="v1beta1.metrics.k8s.io"}) == 1',
    for: '10m',
    severity: 'warning',
    summary: 'the API server cannot reach metrics-server: {{ $labels.name }} is unavailable',
    impact: SCALING,
    runbook: 'metrics-api',
  },
  KubeletMetricsFail: {
    expr: `sum(rate(metrics_server_kubelet_request_total{${JOB}, success="false"}[10m])) / sum(rate(metrics_server_kubelet_request_total{${JOB}}[10m])) > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the requests of metrics-server to kubelets fail',
    impact: `for the pods of these nodes: ${SCALING}`,
    runbook: 'metrics-api',
  },
});
