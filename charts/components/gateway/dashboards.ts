import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

const SERVICE = 'service=~"$backend"';
const ENTRY = 'traefik_entrypoint_requests_total';
const rate = (metric: string, labels = ''): string => `rate(${metric}{${labels}}[$__rate_interval])`;
const quantile = (q: number, by: string, metric: string, labels = ''): string =>
  `histogram_quantile(${q}, sum by (${by}, le) (${rate(`${metric}_bucket`, labels)}))`;

/** The gateway: all that comes in, and how each backend answers. */
export function gateway(): DashboardBuilder {
  return dashboard({
    name: 'gateway',
    description: 'Requests from outside, by where they come in and by the backend that answers them.',
    variables: { backend: { label: 'Backend', of: 'traefik_service_requests_total', by: 'service', several: true } },
    related: ['service', 'cert-manager', 'objectives'],
    alerts: 'namespace="gateway"',
    rows: [
      {
        title: 'Now',
        panels: [
          stat({ title: 'Requests', unit: 'requests/s', query: `sum(${rate(ENTRY)})` }),
          stat({
            title: 'Errors',
            description:
              'Share of requests that were answered by a status of 500 or above, by the gateway or a backend.',
            unit: 'share',
            query: `(sum(${rate(ENTRY, 'code=~"5.."')}) or vector(0)) / sum(${rate(ENTRY)})`,
            limits: { warning: 0.001, critical: 0.01 },
          }),
          stat({ title: 'Open connections', query: 'sum(traefik_open_connections)' }),
          stat({
            title: 'Pods',
            description: 'That answer Prometheus.',
            query: 'count(traefik_config_last_reload_success)',
            limits: { critical: 1, below: true },
          }),
          stat({
            title: 'Configuration of',
            description: 'The newest routes that a pod uses.',
            unit: 'time',
            query: '1000 * max(traefik_config_last_reload_success)',
          }),
          stat({
            title: 'Next certificate expires in',
            unit: 'seconds',
            query: 'min(traefik_tls_certs_not_after) - time()',
            limits: { warning: 1_209_600, critical: 259_200, below: true },
          }),
        ],
      },
      {
        title: 'From outside',
        panels: [
          timeSeries({
            title: 'Requests by entry point',
            unit: 'requests/s',
            queries: { '{{entrypoint}} {{protocol}}': `sum by (entrypoint, protocol) (${rate(ENTRY)})` },
          }),
          timeSeries({
            title: 'By status',
            unit: 'requests/s',
            queries: { '{{code}}': `sum by (code) (${rate(ENTRY)})` },
            stacked: true,
          }),
          timeSeries({
            title: 'Duration, 99th percentile',
            description: 'By entry point, until the answer has been written.',
            unit: 'seconds',
            queries: { '{{entrypoint}}': quantile(0.99, 'entrypoint', 'traefik_entrypoint_request_duration_seconds') },
          }),
          timeSeries({
            title: 'Traffic',
            unit: 'bytes/s',
            queries: {
              received: `sum(${rate('traefik_entrypoint_requests_bytes_total')})`,
              sent: `sum(${rate('traefik_entrypoint_responses_bytes_total')})`,
            },
          }),
        ],
      },
      {
        title: 'Backends',
        panels: [
          table({
            title: 'Backends',
            labels: { service: 'Backend' },
            values: [
              {
                name: 'Requests',
                unit: 'requests/s',
                query: `sum by (service) (${rate('traefik_service_requests_total', SERVICE)})`,
              },
              {
                name: 'Errors',
                unit: 'share',
                query: `sum by (service) (${rate('traefik_service_requests_total', `${SERVICE}, code=~"5.."`)}) / sum by (service) (${rate('traefik_service_requests_total', SERVICE)})`,
                limits: { warning: 0.001, critical: 0.01 },
              },
              {
                name: '99th percentile',
                unit: 'seconds',
                query: quantile(0.99, 'service', 'traefik_service_request_duration_seconds', SERVICE),
              },
            ],
          }),
          timeSeries({
            title: 'Requests',
            unit: 'requests/s',
            queries: { '{{service}}': `sum by (service) (${rate('traefik_service_requests_total', SERVICE)})` },
          }),
          timeSeries({
            title: 'Errors',
            unit: 'requests/s',
            queries: {
              '{{service}} {{code}}': `sum by (service, code) (${rate('traefik_service_requests_total', `${SERVICE}, code=~"5.."`)})`,
            },
          }),
        ],
      },
    ],
  });
}
