import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

const NAMESPACE = 'namespace="$namespace"';
const PODS = `${NAMESPACE}, pod=~"$pod"`;
const CONTAINERS = `${PODS}, container!=""`;

/** Replicas that a kind of workload wants and has, by name. */
const replicas = (kind: string, wanted: string, has: string): Record<string, string> => ({
  [`{{${kind}}} wanted`]: `${wanted}{${NAMESPACE}}`,
  [`{{${kind}}} available`]: `${has}{${NAMESPACE}}`,
});

/** The workloads of a namespace: replicas, restarts, and what their pods use of what they may. */
export function workload(): DashboardBuilder {
  return dashboard({
    name: 'workload',
    description: 'The pods of a namespace: whether they run, and what they use of what they may.',
    variables: {
      namespace: { label: 'Namespace', of: 'kube_pod_info' },
      pod: { label: 'Pod', of: `kube_pod_info{${NAMESPACE}}`, several: true },
    },
    related: ['cluster', 'node', 'service'],
    alerts: NAMESPACE,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({ title: 'Pods', query: `count(kube_pod_info{${PODS}})` }),
          stat({
            title: 'Not ready',
            query: `count(kube_pod_status_ready{${PODS}, condition="true"} == 0 and on (namespace, pod) kube_pod_status_phase{phase=~"Pending|Running"} == 1) or vector(0)`,
            limits: { critical: 1 },
          }),
          stat({
            title: 'Restarts in an hour',
            query: `ceil(sum(increase(kube_pod_container_status_restarts_total{${PODS}}[1h])))`,
            limits: { warning: 1, critical: 5 },
          }),
          stat({
            title: 'Memory of the limits',
            description: 'Of the container that is closest to its limit, at which it is killed.',
            unit: 'share',
            query: `max(container_memory_working_set_bytes{${CONTAINERS}} / on (namespace, pod, container) kube_pod_container_resource_limits{${PODS}, resource="memory"})`,
            limits: { warning: 0.85, critical: 0.95 },
          }),
          stat({
            title: 'Fullest volume',
            unit: 'share',
            query: `max(kubelet_volume_stats_used_bytes{${NAMESPACE}} / kubelet_volume_stats_capacity_bytes{${NAMESPACE}})`,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          stat({
            title: 'Failed Jobs',
            query: `count(kube_job_status_failed{${NAMESPACE}} > 0) or vector(0)`,
            limits: { warning: 1, critical: 5 },
          }),
        ],
      },
      {
        title: 'Replicas',
        panels: [
          timeSeries({
            title: 'Wanted and available',
            queries: {
              ...replicas('deployment', 'kube_deployment_spec_replicas', 'kube_deployment_status_replicas_available'),
              ...replicas('statefulset', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_available'),
              ...replicas(
                'daemonset',
                'kube_daemonset_status_desired_number_scheduled',
                'kube_daemonset_status_number_available',
              ),
            },
          }),
          timeSeries({
            title: 'Autoscalers',
            queries: {
              '{{horizontalpodautoscaler}} most': `kube_horizontalpodautoscaler_spec_max_replicas{${NAMESPACE}}`,
              '{{horizontalpodautoscaler}} wanted': `kube_horizontalpodautoscaler_status_desired_replicas{${NAMESPACE}}`,
            },
          }),
          timeSeries({
            title: 'Restarts',
            description: 'Of containers, within ten minutes.',
            queries: {
              '{{pod}} {{container}}': `increase(kube_pod_container_status_restarts_total{${PODS}}[10m]) > 0`,
            },
          }),
          table({
            title: 'Waiting containers, and why they were last stopped',
            labels: { pod: 'Pod', container: 'Container', reason: 'Reason' },
            values: [
              {
                name: 'Waiting',
                query: `sum by (pod, container, reason) (kube_pod_container_status_waiting_reason{${PODS}}) > 0`,
              },
              {
                name: 'Was stopped',
                query: `sum by (pod, container, reason) (kube_pod_container_status_last_terminated_reason{${PODS}}) > 0`,
              },
            ],
            width: 12,
          }),
        ],
      },
      {
        title: 'Use',
        panels: [
          timeSeries({
            title: 'CPU',
            unit: 'cores',
            queries: {
              '{{pod}}': `sum by (pod) (rate(container_cpu_usage_seconds_total{${CONTAINERS}}[$__rate_interval]))`,
              requested: `sum(kube_pod_container_resource_requests{${PODS}, resource="cpu"})`,
            },
          }),
          timeSeries({
            title: 'Memory',
            unit: 'bytes',
            queries: {
              '{{pod}}': `sum by (pod) (container_memory_working_set_bytes{${CONTAINERS}})`,
              'requested by all': `sum(kube_pod_container_resource_requests{${PODS}, resource="memory"})`,
            },
          }),
          timeSeries({
            title: 'Throttled',
            description: 'Share of the periods in which a container wanted more CPU than its limit.',
            unit: 'share',
            queries: {
              '{{pod}} {{container}}': `sum by (pod, container) (rate(container_cpu_cfs_throttled_periods_total{${CONTAINERS}}[$__rate_interval])) / sum by (pod, container) (rate(container_cpu_cfs_periods_total{${CONTAINERS}}[$__rate_interval]))`,
            },
            max: 1,
            limits: { warning: 0.25, critical: 0.5 },
          }),
          timeSeries({
            title: 'Network',
            unit: 'bytes/s',
            queries: {
              '{{pod}} received': `sum by (pod) (rate(container_network_receive_bytes_total{${PODS}}[$__rate_interval]))`,
              '{{pod}} sent': `sum by (pod) (rate(container_network_transmit_bytes_total{${PODS}}[$__rate_interval]))`,
            },
          }),
          timeSeries({
            title: 'Volumes',
            unit: 'share',
            queries: {
              '{{persistentvolumeclaim}}': `kubelet_volume_stats_used_bytes{${NAMESPACE}} / kubelet_volume_stats_capacity_bytes{${NAMESPACE}}`,
            },
            max: 1,
            limits: { warning: 0.8, critical: 0.9 },
            width: 24,
          }),
        ],
      },
    ],
  });
}
