import { at, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind, valuesBelow, valuesOf } from '../lib/cluster-objects.ts';
import { Network } from '../lib/policies.ts';
import { type Pods, workloadPods, selected } from '../lib/pods.ts';
import { secretNameOf, readsOf } from './references.ts';
import { backendsOf, type Backend, blocked } from './service-network.ts';
import { invariant } from './invariant.ts';

/** The host and port of a Service, as they appear in a pod's configuration. */
interface ServiceAddress {
  readonly text: string;
  readonly pod: string | undefined;
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
}

/** A pod can reach every Service that an argument, a setting or a Secret of it names. */
export const namedHosts = invariant('pods can reach the Services that their configuration names', (cluster) => {
  const network = new Network(cluster);
  return workloadPods(cluster).flatMap((client) =>
    addressesOf(cluster, client).flatMap((address) => {
      const servers = listeners(cluster, network, address);
      if (!servers) return [`${client.label} is configured with ${address.text}, which does not exist`];
      if (servers.length === 0) return [`${client.label} is configured with ${address.text}, on which nothing listens`];
      return servers.flatMap((server) => blocked(network, client, server));
    }),
  );
});

/** Every Service with a port in what a pod reads; a bare name counts only if the pod's namespace has such a Service. */
function addressesOf(cluster: ClusterObjects, client: Pods): ServiceAddress[] {
  const found = textsOf(cluster, client).flatMap((text) => [...text.matchAll(/\b([a-z0-9][a-z0-9.-]*):(\d{2,5})\b/g)]);
  const addresses = found.flatMap(([text, host = '', port]): ServiceAddress[] => {
    const [path, inCluster] = host.split(/\.svc(?:\.cluster\.local)?$/);
    const [namespace = client.namespace, service = '', pod] =
      inCluster === undefined ? [undefined, path] : (path ?? '').split('.').toReversed();
    const known = inCluster !== undefined || named(cluster, 'Service', namespace, service) !== undefined;
    return known ? [{ text, pod, service, namespace, port: Number(port) }] : [];
  });
  return [...new Map(addresses.map((t) => [t.text, t])).values()];
}

/** All text that a pod reads: its template, ConfigMaps, templates of Secrets, and Velero's backup locations. */
function textsOf(cluster: ClusterObjects, pods: Pods): string[] {
  const { spec, namespace } = pods;
  const read = readsOf(pods).flatMap(({ kind, name, key }) => {
    const source =
      kind === 'ConfigMap'
        ? named(cluster, kind, namespace, name)
        : ofKind(cluster, 'ExternalSecret').find((m) => m.metadata.namespace === namespace && secretNameOf(m) === name);
    const data = kind === 'ConfigMap' ? mapAt(source, 'data') : mapAt(source, 'spec', 'target', 'template', 'data');
    return key === undefined ? Object.values(data) : [data[key] ?? ''];
  });
  const locations = ofKind(cluster, 'BackupStorageLocation').filter(({ metadata }) => metadata.namespace === namespace);
  const own = [...valuesBelow(spec), ...locations.flatMap((m) => valuesOf(m))]
    // A name and a tag look like a host and a port: `grafana:13`.
    .filter(({ key }) => key !== 'image')
    .map(({ value }) => value);
  return [...read, ...own.filter((value) => typeof value === 'string')];
}

/** The pods and ports behind an address; undefined if there is no such host. */
function listeners(
  cluster: ClusterObjects,
  network: Network,
  { pod, service: name, namespace, port }: ServiceAddress,
): Backend[] | undefined {
  const service = named(cluster, 'Service', namespace, name);
  if (!service || (pod !== undefined && !isMember(cluster, namespace, name, pod))) return undefined;
  if (textAt(service, 'spec', 'clusterIP') !== 'None') return backendsOf(service, port, network);
  // A headless Service resolves to the pods themselves, so that the container ports count.
  const behind = selected(network.endpoints, namespace, { matchLabels: mapAt(service, 'spec', 'selector') });
  return behind.flatMap((p) =>
    p.ports.filter(({ containerPort }) => containerPort === port).map((own) => ({ pods: p, port: own })),
  );
}

/** True if a StatefulSet that the Service names has a pod of this name. */
function isMember(cluster: ClusterObjects, namespace: string, service: string, pod: string): boolean {
  return ofKind(cluster, 'StatefulSet').some((set) => {
    const replicas = Number(at(set, 'spec', 'replicas') ?? 1);
    const names = Array.from({ length: replicas }, (_, i) => `${set.metadata.name}-${i}`);
    return (
      set.metadata.namespace === namespace && textAt(set, 'spec', 'serviceName') === service && names.includes(pod)
    );
  });
}
