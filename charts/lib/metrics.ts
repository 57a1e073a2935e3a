import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import type { Component } from '../component.ts';
import { Fault } from '../fault.ts';
import { NAME } from './labels.ts';
import { connect, connectOut, type Endpoint } from './network.ts';
import { Workload } from './workload.ts';

/** Where a container serves metrics in the text format of Prometheus. */
export interface Metrics {
  /** Name of the container's port. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** True if it serves TLS, with a certificate of its own that no one can verify, and reviews the token. @default false */
  readonly tokenOverTls?: boolean;
  /** What its series are about: its pod, the node that it runs on, or other objects, whose labels they have. @default 'pod' */
  readonly about?: 'pod' | 'node' | 'others';
}

/** Pods that serve metrics although no workload here starts them, such as those of a controller. */
export interface MetricsPods {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
  readonly metrics: readonly Metrics[];
}

/** A program in a namespace that no policy here restricts, whose pods are in no manifest of this repository. */
export interface ForeignProgram {
  /** Label `app.kubernetes.io/name` of its pods. */
  readonly name: string;
  readonly namespace: string;
  /** Port number of its metrics. */
  readonly port: number;
}

/** The server that collects metrics, as the components see it. */
export interface Scraper {
  /** Its pods, the client of every connection. */
  readonly server: Endpoint;
}

/** Scrape class of targets that review the token of Prometheus' ServiceAccount. */
export const TOKEN_OVER_TLS = 'token-over-tls';

/**
 * Has a server scrape all that a component serves: a PodMonitor for each workload, and the connections to its ports.
 *
 * @param home the component whose folder has the configuration for its foreign programs
 * @throws Fault for pods of which only some ports review the token: it would be sent to the others too
 */
export function scrape(component: Component, { server }: Scraper, home = component): void {
  for (const program of component.foreignPrograms) scrapeForeign(home, program, { server });
  const workloads = component.node.findAll().filter((one) => one instanceof Workload);
  for (const pods of [...workloads, ...component.metricsPods]) {
    if (pods.metrics.length === 0) continue;
    checkTokens(pods);
    for (const { port } of pods.metrics) connect(server, pods.endpoint, port);
    component.add<IPodMonitor>(podMonitor(pods));
  }
}

/** A scrape class is of a whole monitor. */
function checkTokens({ name, metrics }: Pick<MetricsPods, 'name' | 'metrics'>): void {
  const withToken = metrics.filter(({ tokenOverTls }) => tokenOverTls);
  if (withToken.length === 0 || withToken.length === metrics.length) return;
  throw new Fault({
    what: `${name} serves metrics both with TLS and a review of tokens, and without`,
    where: `the metrics of ${name}`,
    seen: metrics.map(({ port, tokenOverTls = false }) => `${port}: ${tokenOverTls}`).join(', '),
    fix: 'serve all of them in one way, or leave out those of some ports',
  });
}

/** Labels that have the name of the node. */
const NODE_LABELS: Readonly<Partial<Record<NonNullable<Metrics['about']>, readonly string[]>>> = {
  pod: ['node'],
  node: ['node', 'instance'],
};

/** Has a server scrape a program by a ScrapeConfig: a monitor would select pods that nothing here is known of. */
function scrapeForeign(component: Component, program: ForeignProgram, { server }: Scraper): void {
  const { name, namespace, port } = program;
  connectOut(server, { peers: [{ namespace, labels: { [NAME]: name }, public: true }], tcp: [port] });
  component.add<IScrapeConfig>({
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name },
    spec: {
      jobName: name,
      kubernetesSDConfigs: [
        {
          role: 'Pod',
          namespaces: { names: [namespace] },
          selectors: [{ role: 'Pod', label: `${NAME}=${name}` }],
        },
      ],
      relabelings: [
        { action: 'Keep', sourceLabels: ['__meta_kubernetes_pod_container_port_number'], regex: String(port) },
        { targetLabel: 'job', replacement: `${namespace}/${name}` },
        { targetLabel: 'namespace', replacement: namespace },
        { sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'pod' },
      ],
    },
  });
}

function podMonitor({
  name,
  labels,
  metrics,
}: Omit<MetricsPods, 'endpoint'>): IPodMonitor & { metadata: { name: string } } {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      scrapeClass: metrics.some(({ tokenOverTls }) => tokenOverTls) ? TOKEN_OVER_TLS : undefined,
      podMetricsEndpoints: metrics.map(({ port, path, tokenOverTls, about = 'pod' }) => ({
        port,
        path,
        scheme: tokenOverTls ? 'https' : undefined,
        honorLabels: about === 'others' || undefined,
        relabelings: NODE_LABELS[about]?.map((targetLabel) => ({
          sourceLabels: ['__meta_kubernetes_pod_node_name'],
          targetLabel,
        })),
      })),
    },
  };
}
