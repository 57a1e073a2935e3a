import { alertTable } from '../../../test/rules/alert-table.ts';
import { METRICS_SERVER_ALERTS } from './alerts.ts';

const api = (server: string, name: string, values: string) => ({
  [`aggregator_unavailable_apiservice{job="apiserver",instance="${server}",name="${name}"}`]: values,
});
const requests = (success: string, values: string) => ({
  [`metrics_server_kubelet_request_total{job="metrics-server/metrics-server",namespace="metrics-server",success="${success}"}`]:
    values,
});

alertTable(METRICS_SERVER_ALERTS, {
  MetricsApiUnavailable: {
    fires: {
      series: { ...api('a', 'v1beta1.metrics.k8s.io', '1x30'), ...api('b', 'v1beta1.metrics.k8s.io', '1x30') },
      at: 15,
      labels: { name: 'v1beta1.metrics.k8s.io' },
    },
    quiet: [
      { series: api('a', 'v1beta1.metrics.k8s.io', '1x5 0x30'), at: 15 },
      { series: api('a', 'v1.other.example.com', '1x30'), at: 15 },
    ],
  },
  KubeletMetricsFail: {
    fires: { series: { ...requests('true', '0+36x60'), ...requests('false', '0+4x60') }, at: 30 },
    quiet: { series: { ...requests('true', '0+99x60'), ...requests('false', '0+1x60') }, at: 30 },
  },
});
