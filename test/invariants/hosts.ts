import { at, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind, valuesBelow, valuesOf } from '../lib/cluster-objects.ts';
import { Network } from '../lib/policies.ts';
import { type Pods, workloadPods, portsOf, selected } from '../lib/pods.ts';
import { madeBy, readsOf } from './references.ts';
import { reached, type Reached, shut } from './service-network.ts';
import { invariant } from './invariant.ts';

/** A host and port that a pod is told of, as far as it is a Service's. */
interface Told {
  readonly text: string;
  readonly pod: string | undefined;
  readonly service: string;
  readonly namespace: string;
  readonly port: number;
}

/** Whoever is told where a Service is, in an argument, a setting or a secret, can get there. */
export const namedHosts = invariant('pods reach the hosts that they are told of', (cluster) => {
  const network = new Network(cluster);
  const pods = workloadPods(cluster);
  return pods.flatMap((client) =>
    toldOf(cluster, client).flatMap((told) => {
      const there = listeners(cluster, pods, told);
      if (!there) return [`${client.label} is told of ${told.text}, which does not exist`];
      if (there.length === 0) return [`${client.label} is told of ${told.text}, which does not listen`];
      return there.flatMap((server) => shut(network, client, server));
    }),
  );
});

/** Every Service with a port in what a pod reads; a bare name only if its namespace has such a Service. */
function toldOf(cluster: ClusterObjects, client: Pods): Told[] {
  const found = textsOf(cluster, client).flatMap((text) => [...text.matchAll(/\b([a-z0-9][a-z0-9.-]*):(\d{2,5})\b/g)]);
  const told = found.flatMap(([text, host = '', port]): Told[] => {
    const [path, inCluster] = host.split(/\.svc(?:\.cluster\.local)?$/);
    const [namespace = client.namespace, service = '', pod] =
      inCluster === undefined ? [undefined, path] : (path ?? '').split('.').toReversed();
    const known = inCluster !== undefined || named(cluster, 'Service', namespace, service) !== undefined;
    return known ? [{ text, pod, service, namespace, port: Number(port) }] : [];
  });
  return [...new Map(told.map((t) => [t.text, t])).values()];
}

/** All that a pod reads: its template, its ConfigMaps and the templates of its Secrets; Velero reads its locations too. */
function textsOf(cluster: ClusterObjects, pods: Pods): string[] {
  const { spec, namespace } = pods;
  const read = readsOf(pods).flatMap(({ kind, name, key }) => {
    const source =
      kind === 'ConfigMap'
        ? named(cluster, kind, namespace, name)
        : ofKind(cluster, 'ExternalSecret').find((m) => m.metadata.namespace === namespace && madeBy(m) === name);
    const data = kind === 'ConfigMap' ? mapAt(source, 'data') : mapAt(source, 'spec', 'target', 'template', 'data');
    return key === undefined ? Object.values(data) : [data[key] ?? ''];
  });
  const locations = ofKind(cluster, 'BackupStorageLocation').filter(({ metadata }) => metadata.namespace === namespace);
  const own = [...valuesBelow(spec), ...locations.flatMap((m) => valuesOf(m))].map(({ value }) => value);
  return [...read, ...own.filter((value) => typeof value === 'string')];
}

/** Who listens there; undefined if there is no such host. */
function listeners(
  cluster: ClusterObjects,
  pods: readonly Pods[],
  { pod, service: name, namespace, port }: Told,
): Reached[] | undefined {
  const service = named(cluster, 'Service', namespace, name);
  if (!service || (pod !== undefined && !isMember(cluster, namespace, name, pod))) return undefined;
  if (textAt(service, 'spec', 'clusterIP') !== 'None') return reached(service, port, pods);
  // A headless Service answers with the pods themselves, so that their own ports count.
  const behind = selected(pods, namespace, { matchLabels: mapAt(service, 'spec', 'selector') });
  return behind.flatMap((p) =>
    portsOf(p)
      .filter(({ containerPort }) => containerPort === port)
      .map((own) => ({ pods: p, port: own })),
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
