import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

/** A service is a namespace of its own. */
const SERVICE = 'namespace="$service"';
const requests = (by: string, labels = SERVICE): string =>
  `sum${by && ` by (${by})`} (rate(http_request_duration_seconds_count{${labels}}[$__rate_interval]))`;
const FAILED = `${SERVICE}, status=~"5.."`;
const quantile = (q: number, by = ''): string =>
  `histogram_quantile(${q}, sum by (${by}le) (rate(http_request_duration_seconds_bucket{${SERVICE}}[$__rate_interval])))`;

/** A NestJS service: rate, errors and duration of its requests, and what its pods are short of. */
export function service(): DashboardBuilder {
  return dashboard({
    name: 'service',
    description: 'Requests of a service, their errors and durations, and how busy its pods are.',
    variables: { service: { label: 'Service', of: 'service_info', by: 'namespace' } },
    related: ['objectives', 'workload', 'gateway', 'mongo'],
    alerts: SERVICE,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({ title: 'Requests', unit: 'requests/s', query: requests('') }),
          stat({
            title: 'Errors',
            description: 'Share of requests that were answered by a status of 500 or above.',
            unit: 'share',
            query: `(${requests('', FAILED)} or vector(0)) / ${requests('')}`,
            limits: { warning: 0.001, critical: 0.01 },
          }),
          stat({ title: 'Median', unit: 'seconds', query: quantile(0.5) }),
          stat({ title: '99th percentile', unit: 'seconds', query: quantile(0.99) }),
          stat({ title: 'Requests in flight', query: `sum(http_requests_in_flight{${SERVICE}})` }),
          stat({
            title: 'Pods',
            description: 'That answer Prometheus.',
            query: `count(service_info{${SERVICE}})`,
            limits: { critical: 1, below: true },
          }),
        ],
      },
      {
        title: 'Requests',
        panels: [
          timeSeries({
            title: 'By status',
            unit: 'requests/s',
            queries: { '{{status}}': requests('status') },
            stacked: true,
          }),
          timeSeries({
            title: 'Errors by route',
            unit: 'requests/s',
            queries: { '{{method}} {{route}} {{status}}': requests('method, route, status', FAILED) },
          }),
          timeSeries({
            title: 'Duration',
            unit: 'seconds',
            queries: { median: quantile(0.5), '95 %': quantile(0.95), '99 %': quantile(0.99) },
          }),
          timeSeries({
            title: '95th percentile by route',
            unit: 'seconds',
            queries: { '{{method}} {{route}}': quantile(0.95, 'method, route, ') },
          }),
          table({
            title: 'Routes',
            labels: { method: 'Method', route: 'Route' },
            values: [
              { name: 'Requests', unit: 'requests/s', query: requests('method, route') },
              {
                name: 'Errors',
                unit: 'share',
                query: `${requests('method, route', FAILED)} / ${requests('method, route')}`,
                limits: { warning: 0.001, critical: 0.01 },
              },
              { name: '99th percentile', unit: 'seconds', query: quantile(0.99, 'method, route, ') },
            ],
          }),
        ],
      },
      {
        title: 'Saturation',
        panels: [
          timeSeries({
            title: 'CPU by pod',
            description: 'JavaScript runs in one thread: 1 is all that it can use.',
            unit: 'cores',
            queries: {
              '{{pod}}': `rate(process_cpu_seconds_total{${SERVICE}, container="$service"}[$__rate_interval])`,
            },
            limits: { warning: 0.7, critical: 0.9 },
          }),
          timeSeries({
            title: 'Event loop lag, 99th percentile',
            description: 'How late the event loop is: every request waits that long.',
            unit: 'seconds',
            queries: { '{{pod}}': `nodejs_eventloop_lag_p99_seconds{${SERVICE}}` },
          }),
          timeSeries({
            title: 'Memory by pod',
            unit: 'bytes',
            queries: {
              '{{pod}}': `process_resident_memory_bytes{${SERVICE}, container="$service"}`,
              limit: `max(kube_pod_container_resource_limits{${SERVICE}, container="$service", resource="memory"})`,
            },
          }),
          timeSeries({
            title: 'Database connections',
            description: 'A request that waits for a connection is slower by that time.',
            queries: {
              '{{state}}': `sum by (state) (mongodb_pool_connections{${SERVICE}})`,
              'requests that wait': `sum(mongodb_pool_waiting{${SERVICE}})`,
              'failed in five minutes': `sum(increase(mongodb_pool_checkout_failures_total{${SERVICE}}[5m]))`,
            },
          }),
        ],
      },
    ],
  });
}
