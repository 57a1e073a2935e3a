import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import type { Component } from '../../component.ts';
import { TOKEN_OVER_TLS } from '../../lib/metrics.ts';

/** Scrape class of targets whose certificate the cluster's authority has signed. */
export const CLUSTER_AUTHORITY = 'cluster-authority';

/** What is scraped of the cluster itself. */
interface ClusterTargets {
  /** True if kubelets have self-signed certificates, which are then not verified. */
  readonly kubeletSelfSigned: boolean;
}

type Spec = NonNullable<IScrapeConfig['spec']>;

/** Has the control plane and the nodes scraped, which have no pods that a monitor could select. */
export function clusterTargets(component: Component, { kubeletSelfSigned }: ClusterTargets): void {
  const add = (name: string, spec: Spec): void => {
    component.add<IScrapeConfig>({
      apiVersion: 'monitoring.coreos.com/v1alpha1',
      kind: 'ScrapeConfig',
      metadata: { name },
      spec: { jobName: name, scheme: 'HTTPS', ...spec, relabelings: [...(spec.relabelings ?? []), job(name)] },
    });
  };
  const kubelet: Spec = {
    kubernetesSDConfigs: [{ role: 'Node' }],
    scrapeClass: kubeletSelfSigned ? TOKEN_OVER_TLS : CLUSTER_AUTHORITY,
    relabelings: [{ sourceLabels: ['__meta_kubernetes_node_name'], targetLabel: 'node' }],
  };
  add('kubelet', { ...kubelet, metricsPath: '/metrics', metricRelabelings: [drop(HISTOGRAMS_OF_KUBELETS)] });
  add('cadvisor', {
    ...kubelet,
    metricsPath: '/metrics/cadvisor',
    metricRelabelings: [OF_PODS, drop(UNREAD)],
  });
  add('apiserver', {
    kubernetesSDConfigs: [{ role: 'EndpointSlice', namespaces: { names: ['default'] } }],
    scrapeClass: CLUSTER_AUTHORITY,
    tlsConfig: { serverName: 'kubernetes.default.svc' },
    relabelings: [
      {
        action: 'Keep',
        sourceLabels: ['__meta_kubernetes_service_name', '__meta_kubernetes_endpointslice_port_name'],
        regex: 'kubernetes;https',
      },
    ],
    metricRelabelings: [drop(HISTOGRAMS_OF_API_SERVERS)],
  });
}

/** The operator names jobs by the object; rules name them as everybody does. */
const job = (name: string) => ({ targetLabel: 'job', replacement: name });

const drop = (regex: string) => ({ action: 'Drop' as const, sourceLabels: ['__name__'], regex });

/**
 * Series of pods' containers and of pods as a whole; those of the control groups above them are sums of these. To drop
 * what has no pod would not do: the operator leaves out an empty `regex`, and without one everything is dropped.
 */
const OF_PODS = { action: 'Keep' as const, sourceLabels: ['pod'], regex: '.+' };

// Most of what they export is read by no rule and no dashboard, and has a bucket for every verb, resource and code.
const HISTOGRAMS_OF_KUBELETS =
  '(?:kubelet_runtime_operations|storage_operation|rest_client|apiserver|workqueue)_.+_bucket';
const HISTOGRAMS_OF_API_SERVERS =
  '(?:etcd|apiserver_(?:admission|watch|response_sizes|storage|cel|flowcontrol|webhooks|authentication|authorization|envelope)|workqueue|rest_client|authentication|authorization)_?.*_bucket';
const UNREAD = 'container_(?:tasks_state|memory_failures_total|blkio_.+|network_(?:tcp|udp).+|ulimits_soft|last_seen)';
