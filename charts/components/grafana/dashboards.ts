import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, uidOf } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

/** A Prometheus that receives the series of several clusters tells them apart by this label; in a cluster's own it is absent. */
const CLUSTER = 'cluster=~"$cluster"';
/** What clusters have asked for: requests of pods that run or are to be run. */
const REQUESTS = (resource: string): string =>
  `kube_pod_container_resource_requests{resource="${resource}"} * on (namespace, pod) group_left () (kube_pod_status_phase{phase=~"Pending|Running"} == 1)`;
const ALLOCATABLE = (resource: string): string => `sum(kube_node_status_allocatable{resource="${resource}"})`;
const CPU = 'rate(container_cpu_usage_seconds_total{container!=""}[$__rate_interval])';
const MEMORY = 'container_memory_working_set_bytes{container!=""}';
/** Requests to the API server that end: watches and the like have no duration to speak of. */
const ANSWERED = 'verb!~"WATCH|WATCHLIST|CONNECT"';

/** Everything that is wrong now, of one cluster or of all that one Prometheus knows. */
export function fleet(): DashboardBuilder {
  const firing = (severity: string): string =>
    `count(ALERTS{alertstate="firing", severity="${severity}", ${CLUSTER}}) or vector(0)`;
  return dashboard({
    name: 'fleet',
    description: 'What fires, and the state of what everything else rests on.',
    variables: { cluster: { label: 'Cluster', of: 'up', several: true } },
    related: ['cluster', 'workload', 'objectives', 'argo-cd'],
    alerts: CLUSTER,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({ title: 'Critical alerts', query: firing('critical'), limits: { critical: 1 } }),
          stat({ title: 'Warnings', query: firing('warning'), limits: { warning: 1 } }),
          stat({
            title: 'Targets down',
            description: 'Of those that Prometheus scrapes.',
            query: `count(up{${CLUSTER}} == 0) or vector(0)`,
            limits: { critical: 1 },
          }),
          stat({
            title: 'Nodes not ready',
            query: `count(kube_node_status_condition{condition="Ready", status="true", ${CLUSTER}} == 0) or vector(0)`,
            limits: { critical: 1 },
          }),
          stat({
            title: 'Pods not ready',
            description: 'That run, or are to run.',
            query: `count(kube_pod_status_ready{condition="true", ${CLUSTER}} == 0 and on (cluster, namespace, pod) kube_pod_status_phase{phase=~"Pending|Running"} == 1) or vector(0)`,
            limits: { warning: 1, critical: 10 },
          }),
          stat({
            title: 'Applications out of order',
            description: 'Not synced, or not healthy.',
            query: `count(argocd_app_info{${CLUSTER}, sync_status!="Synced"} or argocd_app_info{${CLUSTER}, health_status!="Healthy"}) or vector(0)`,
            limits: { warning: 1, critical: 10 },
          }),
        ],
      },
      {
        title: 'Alerts',
        panels: [
          table({
            title: 'Firing',
            description: 'Since when, by alert and by what it is about.',
            labels: {
              cluster: 'Cluster',
              severity: 'Severity',
              alertname: 'Alert',
              namespace: 'Namespace',
              pod: 'Pod',
            },
            values: [
              {
                name: 'Since',
                unit: 'time',
                query: `1000 * min by (cluster, severity, alertname, namespace, pod) (ALERTS_FOR_STATE{${CLUSTER}} and ignoring (alertstate) ALERTS{alertstate="firing", ${CLUSTER}})`,
              },
            ],
            height: 10,
            width: 16,
          }),
          table({
            title: 'Targets down',
            labels: { cluster: 'Cluster', job: 'Job', instance: 'Instance' },
            values: [{ name: 'Up', query: `min by (cluster, job, instance) (up{${CLUSTER}}) == 0` }],
            height: 10,
            width: 8,
          }),
          timeSeries({
            title: 'Firing alerts by severity',
            queries: { '{{severity}}': `count by (severity) (ALERTS{alertstate="firing", ${CLUSTER}})` },
            stacked: true,
          }),
          timeSeries({
            title: 'Error budget left',
            description: 'Of thirty days, by objective; below 0 it is spent.',
            unit: 'share',
            queries: { '{{cluster}} {{slo}}': `slo:budget_left:ratio{${CLUSTER}}` },
            fromZero: false,
            max: 1,
          }),
        ],
      },
    ],
  });
}

/** Capacity of the cluster, what is asked for and used of it, and its API server. */
export function cluster(): DashboardBuilder {
  return dashboard({
    name: 'cluster',
    description: 'What the nodes have, what pods ask for and use, and how the API server answers.',
    related: ['fleet', 'node', 'workload'],
    rows: [
      {
        title: 'Capacity',
        panels: [
          stat({ title: 'Nodes', query: 'count(kube_node_info)' }),
          stat({ title: 'Pods', query: 'sum(kube_pod_status_phase{phase="Running"})' }),
          ...(['cpu', 'memory'] as const).map((resource) =>
            stat({
              title: `Requested ${resource === 'cpu' ? 'CPU' : 'memory'}`,
              description: 'Share of what the nodes offer to pods. At 1 no further pod is scheduled.',
              unit: 'share',
              query: `sum(${REQUESTS(resource)}) / ${ALLOCATABLE(resource)}`,
              limits: { warning: 0.8, critical: 0.95 },
            }),
          ),
          stat({
            title: 'Used memory',
            unit: 'share',
            query: `sum(${MEMORY}) / ${ALLOCATABLE('memory')}`,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          stat({
            title: 'Pods pending',
            query: 'sum(kube_pod_status_phase{phase="Pending"})',
            limits: { warning: 1, critical: 10 },
          }),
          timeSeries({
            title: 'CPU',
            unit: 'cores',
            queries: {
              allocatable: ALLOCATABLE('cpu'),
              requested: `sum(${REQUESTS('cpu')})`,
              used: `sum(${CPU})`,
            },
          }),
          timeSeries({
            title: 'Memory',
            unit: 'bytes',
            queries: {
              allocatable: ALLOCATABLE('memory'),
              requested: `sum(${REQUESTS('memory')})`,
              used: `sum(${MEMORY})`,
            },
          }),
          table({
            title: 'Namespaces',
            description: 'A namespace that uses far less than it requests keeps others from running.',
            labels: { namespace: 'Namespace' },
            links: { namespace: uidOf('workload') },
            values: [
              { name: 'CPU requested', unit: 'cores', query: `sum by (namespace) (${REQUESTS('cpu')})` },
              { name: 'CPU used', unit: 'cores', query: `sum by (namespace) (${CPU})` },
              { name: 'Memory requested', unit: 'bytes', query: `sum by (namespace) (${REQUESTS('memory')})` },
              { name: 'Memory used', unit: 'bytes', query: `sum by (namespace) (${MEMORY})` },
            ],
          }),
          table({
            title: 'Nodes',
            labels: { node: 'Node' },
            links: { node: uidOf('node') },
            values: [
              {
                name: 'Ready',
                query: 'max by (node) (kube_node_status_condition{condition="Ready", status="true"})',
                limits: { critical: 1, below: true },
              },
              { name: 'Pods', query: 'max by (node) (kubelet_running_pods)' },
              {
                name: 'CPU allocatable',
                unit: 'cores',
                query: 'sum by (node) (kube_node_status_allocatable{resource="cpu"})',
              },
              { name: 'CPU used', unit: 'cores', query: `sum by (node) (${CPU})` },
              {
                name: 'Memory allocatable',
                unit: 'bytes',
                query: 'sum by (node) (kube_node_status_allocatable{resource="memory"})',
              },
              { name: 'Memory used', unit: 'bytes', query: `sum by (node) (${MEMORY})` },
            ],
          }),
        ],
      },
      {
        title: 'API server',
        panels: [
          timeSeries({
            title: 'Requests',
            unit: 'requests/s',
            queries: { '{{verb}}': 'sum by (verb) (rate(apiserver_request_total[$__rate_interval]))' },
          }),
          timeSeries({
            title: 'Errors',
            description: 'Share of requests that the server failed to answer.',
            unit: 'share',
            queries: {
              errors:
                '(sum(rate(apiserver_request_total{code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(apiserver_request_total[$__rate_interval]))',
            },
            limits: { warning: 0.01, critical: 0.05 },
          }),
          timeSeries({
            title: 'Duration, 99th percentile',
            unit: 'seconds',
            queries: {
              '{{verb}}': `histogram_quantile(0.99, sum by (verb, le) (rate(apiserver_request_duration_seconds_bucket{${ANSWERED}}[$__rate_interval])))`,
            },
          }),
          timeSeries({
            title: 'Requests in flight',
            queries: { '{{request_kind}}': 'sum by (request_kind) (apiserver_current_inflight_requests)' },
          }),
          timeSeries({
            title: 'Stored objects',
            description: 'The ten most frequent resources.',
            queries: {
              '{{resource}}': 'topk(10, max by (resource) (apiserver_resource_objects or apiserver_storage_objects))',
            },
            width: 24,
          }),
        ],
      },
    ],
  });
}
