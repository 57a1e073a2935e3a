import { groupOf, label, listAt, type Manifest, at, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind, textsAt } from './cluster-objects.ts';
import type { Port } from './pods.ts';
import type { Endpoint, Network } from './policies.ts';
import { type LabelSelector, matches } from './selector.ts';

/** What one endpoint of a PodMonitor or ServiceMonitor has scraped. */
export interface Scrape {
  readonly monitor: Manifest;
  /** The port as the endpoint states it, by name or number. */
  readonly wanted: string;
  readonly targets: readonly Target[];
  /** Labels of selected pods and Services that have no such port. */
  readonly without: readonly string[];
}

/** A port of pods. */
export interface Target {
  readonly pods: Endpoint;
  readonly port: Port;
}

/** The objects of the Prometheus Operator of a kind. */
export function monitoringObjects(cluster: ClusterObjects, kind: string): Manifest[] {
  return ofKind(cluster, kind).filter((manifest) => groupOf(manifest) === 'monitoring.coreos.com');
}

/** What all monitors of a cluster have scraped, whether or not a server reads them. */
export function scrapesOf(cluster: ClusterObjects, network: Network): Scrape[] {
  return [
    ...monitoringObjects(cluster, 'PodMonitor').flatMap((monitor) =>
      listAt(monitor, 'spec', 'podMetricsEndpoints').map((endpoint) => ofPods(network, monitor, endpoint)),
    ),
    ...monitoringObjects(cluster, 'ServiceMonitor').flatMap((monitor) =>
      listAt(monitor, 'spec', 'endpoints').map((endpoint) => ofServices(cluster, network, monitor, endpoint)),
    ),
  ];
}

/** The servers that read a monitor: an absent selector selects none, an absent one of namespaces the server's own. */
export function readersOf(cluster: ClusterObjects, monitor: Manifest): Manifest[] {
  const field = monitor.kind === 'PodMonitor' ? 'podMonitor' : 'serviceMonitor';
  const { namespace = '', labels = {} } = monitor.metadata;
  return monitoringObjects(cluster, 'Prometheus').filter((server) => {
    const selector = at(server, 'spec', `${field}Selector`) as LabelSelector | undefined;
    const namespaces = at(server, 'spec', `${field}NamespaceSelector`) as LabelSelector | undefined;
    return (
      matches(selector, labels) &&
      (namespaces ? matches(namespaces, namespaceLabels(cluster, namespace)) : server.metadata.namespace === namespace)
    );
  });
}

function namespaceLabels(cluster: ClusterObjects, name: string): Readonly<Record<string, string>> {
  const namespace = ofKind(cluster, 'Namespace').find(({ metadata }) => metadata.name === name);
  return { ...namespace?.metadata.labels, 'kubernetes.io/metadata.name': name };
}

function ofPods(network: Network, monitor: Manifest, endpoint: unknown): Scrape {
  const wanted = at(endpoint, 'port') ?? at(endpoint, 'portNumber') ?? at(endpoint, 'targetPort');
  const pods = network.endpoints.filter(
    ({ namespace, labels }) => covers(monitor, namespace) && matches(selectorOf(monitor), labels),
  );
  return { monitor, wanted: textOf(wanted), ...portsOf(pods, wanted) };
}

function ofServices(cluster: ClusterObjects, network: Network, monitor: Manifest, endpoint: unknown): Scrape {
  const name = at(endpoint, 'port');
  const found = ofKind(cluster, 'Service')
    .filter(
      ({ metadata: { namespace = '', labels = {} } }) =>
        covers(monitor, namespace) && matches(selectorOf(monitor), labels),
    )
    .map((service) => {
      const port = listAt(service, 'spec', 'ports').find((one) => textAt(one, 'name') === name);
      const wanted = name === undefined ? at(endpoint, 'targetPort') : (at(port, 'targetPort') ?? at(port, 'port'));
      if (wanted === undefined) return { targets: [], without: [label(service)] };
      const matchLabels = mapAt(service, 'spec', 'selector');
      const pods = network.endpoints.filter(
        ({ namespace, labels }) => namespace === service.metadata.namespace && matches({ matchLabels }, labels),
      );
      return portsOf(pods, wanted);
    });
  return {
    monitor,
    wanted: textOf(name ?? at(endpoint, 'targetPort')),
    targets: found.flatMap(({ targets }) => targets),
    without: found.flatMap(({ without }) => without),
  };
}

/** The ports of pods with a name or number. */
function portsOf(pods: readonly Endpoint[], wanted: unknown): Pick<Scrape, 'targets' | 'without'> {
  const found = pods.map((one) => ({
    pods: one,
    ports: one.ports.filter(
      ({ name, containerPort }) => (typeof wanted === 'number' ? containerPort : name) === wanted,
    ),
  }));
  return {
    targets: found.flatMap(({ pods: one, ports }) => ports.map((port) => ({ pods: one, port }))),
    without: found
      .filter(({ pods: one, ports }) => ports.length === 0 && portsAreKnown(one))
      .map(({ pods: one }) => one.label),
  };
}

/** Of pods that no workload of dist starts, the ports are known as far as policies need them, most without names. */
function portsAreKnown({ unmanaged, ports }: Endpoint): boolean {
  return !unmanaged || ports.some(({ name }) => name !== undefined);
}

function covers(monitor: Manifest, namespace: string): boolean {
  const selector = at(monitor, 'spec', 'namespaceSelector');
  const names = textsAt(selector, 'matchNames');
  return at(selector, 'any') === true || (names.length > 0 ? names : [monitor.metadata.namespace]).includes(namespace);
}

function selectorOf(monitor: Manifest): LabelSelector | undefined {
  return at(monitor, 'spec', 'selector') as LabelSelector | undefined;
}

function textOf(port: unknown): string {
  return typeof port === 'string' || typeof port === 'number' ? String(port) : 'without a name';
}
