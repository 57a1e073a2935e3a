import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { claimsOf } from '../lib/claims.ts';
import { type ClusterObjects, mapAt, named, ofKind, valuesBelow } from '../lib/cluster-objects.ts';
import { containersOf, type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

// Deliberately independent of the generator's needs.ts and offers.ts: a gap there must not be a gap here.

/** A Secret or ConfigMap that a pod reads, with the key if the pod names one. */
export interface Read {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
  readonly where: string;
}

/** A pod with a missing Secret, ConfigMap or key never starts. */
export const podReferences = invariant('every Secret, ConfigMap and key that a pod reads exists', (cluster) =>
  workloadPods(cluster).flatMap((pods) => [
    ...readsOf(pods).flatMap((read) => {
      const keys = keysOf(cluster, read.kind, pods.namespace, read.name);
      if (!keys)
        return [
          `${pods.label} reads ${read.kind} ${pods.namespace}/${read.name}, which no object creates (${read.where})`,
        ];
      return read.key === undefined || keys.includes(read.key)
        ? []
        : [
            `${pods.label} reads "${read.key}" of ${read.kind} ${pods.namespace}/${read.name}, which has no such key (${read.where})`,
          ];
    }),
    ...mountsOf(pods),
  ]),
);

/** Every Secret and ConfigMap that a pod spec names, in any field. */
export function readsOf({ spec }: Pods): Read[] {
  return valuesBelow(spec).flatMap(({ path, key, value }): Read[] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || at(value, 'optional') === true)
      return [];
    const name = textAt(value, 'name') ?? textAt(value, 'secretName');
    const kind = KIND_OF[key];
    if (!kind || !name) return [];
    const keys = [textAt(value, 'key'), ...listAt(value, 'items').map((item) => textAt(item, 'key'))].filter(
      (k) => k !== undefined,
    );
    return keys.length === 0 ? [{ kind, name, where: path }] : keys.map((k) => ({ kind, name, key: k, where: path }));
  });
}

/** Fields of a pod spec that name a Secret or ConfigMap. */
const KIND_OF: Readonly<Record<string, Read['kind']>> = {
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  secret: 'Secret',
  imagePullSecrets: 'Secret',
  configMapKeyRef: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMap: 'ConfigMap',
};

/**
 * The keys of a Secret or ConfigMap, from the object itself or from the resource that a controller creates it from;
 * undefined if neither exists.
 */
function keysOf(cluster: ClusterObjects, kind: Read['kind'], namespace: string, name: string): string[] | undefined {
  const own = named(cluster, kind, namespace, name);
  if (own) return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(mapAt(own, field)));
  // The control plane creates this ConfigMap in every namespace.
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt' ? ['ca.crt'] : undefined;
  const source = ofKind(cluster, 'ExternalSecret', 'Certificate').find(
    (m) => m.metadata.namespace === namespace && secretNameOf(m) === name,
  );
  if (!source && kind === 'Secret') return keysByHand(cluster, namespace, name);
  if (source?.kind === 'Certificate') return ['ca.crt', 'tls.crt', 'tls.key'];
  if (!source) return undefined;
  const templated = Object.keys(mapAt(source, 'spec', 'target', 'template', 'data'));
  return templated.length > 0
    ? templated
    : listAt(source, 'spec', 'data').flatMap((item) => textAt(item, 'secretKey') ?? []);
}

/** The keys of a Secret that people create before the first sync; undefined if they create none of this name. */
function keysByHand({ secretsByHand }: ClusterObjects, namespace: string, name: string): string[] | undefined {
  const keys = secretsByHand.flatMap((one) => (one.namespace === namespace && one.name === name ? [one.key] : []));
  return keys.length > 0 ? keys : undefined;
}

/** The name of the Secret that an ExternalSecret or a Certificate creates. */
export function secretNameOf(m: Manifest): string | undefined {
  return m.kind === 'Certificate'
    ? textAt(m, 'spec', 'secretName')
    : (textAt(m, 'spec', 'target', 'name') ?? m.metadata.name);
}

/** Mounts of volumes that the pod does not have, and volumes that no container mounts. */
function mountsOf(pods: Pods): string[] {
  const { volumes = [] } = pods.spec;
  const claims = listAt(pods.workload, 'spec', 'volumeClaimTemplates').map((claim) =>
    textAt(claim, 'metadata', 'name'),
  );
  const has = new Set([...volumes.map(({ name }) => name), ...claims]);
  const mounted = containersOf(pods).flatMap(({ container, label }) =>
    (container.volumeMounts ?? []).map(({ name }) => ({ name, label })),
  );
  return [
    ...mounted
      .filter(({ name }) => !has.has(name))
      .map(({ name, label }) => `${label} mounts the volume "${name}", which its pod does not have`),
    ...[...has]
      .filter((name) => !mounted.some((m) => m.name === name))
      .map((name) => `${pods.label} has the volume "${name}", which no container mounts`),
  ];
}

/** A StatefulSet's pods get stable DNS names, and claims the intended storage class. */
export const objectReferences = invariant(
  'every StatefulSet has a headless Service, and every claim a storage class',
  (cluster) => [
    ...ofKind(cluster, 'StatefulSet').flatMap((set) => governingServiceViolations(cluster, set)),
    // Otherwise the same manifest gets another kind of disk on a cluster with another default.
    ...claimsOf(cluster)
      .filter(({ claim }) => !textAt(claim, 'spec', 'storageClassName'))
      .map(({ owner }) => `${labelOf(owner)} has a volume claim without a storageClassName`),
  ],
);

/** Checks the governing Service of a StatefulSet: it is headless and selects the StatefulSet's pods. */
function governingServiceViolations(cluster: ClusterObjects, set: Manifest): string[] {
  const name = textAt(set, 'spec', 'serviceName') ?? '';
  const service = named(cluster, 'Service', set.metadata.namespace, name);
  if (!service) return [`${labelOf(set)} has the governing Service "${name}", which does not exist`];
  const selectsPods = Object.entries(mapAt(service, 'spec', 'selector')).every(
    ([key, value]) => mapAt(set, 'spec', 'template', 'metadata', 'labels')[key] === value,
  );
  if (textAt(service, 'spec', 'clusterIP') !== 'None')
    return [`${labelOf(set)} has the governing ${labelOf(service)}, which is not headless`];
  return selectsPods ? [] : [`${labelOf(set)} has the governing ${labelOf(service)}, which does not select its pods`];
}
