import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { claimsOf } from '../lib/claims.ts';
import { type ClusterObjects, mapAt, named, ofKind, valuesBelow } from '../lib/cluster-objects.ts';
import { containersOf, type Pods, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

// Written by hand and without the generator's needs.ts and offers.ts, so that a gap there is no gap here.

/** A Secret or ConfigMap that a pod reads, and the key if it names one. */
export interface Read {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
  readonly where: string;
}

/** What a pod reads is there: else it never starts. */
export const podReferences = invariant('what a pod reads exists, key by key', (cluster) =>
  workloadPods(cluster).flatMap((pods) => [
    ...readsOf(pods).flatMap((read) => {
      const keys = keysOf(cluster, read.kind, pods.namespace, read.name);
      if (!keys)
        return [`${pods.label} reads ${read.kind} ${pods.namespace}/${read.name}, which nobody makes (${read.where})`];
      return read.key === undefined || keys.includes(read.key)
        ? []
        : [
            `${pods.label} reads "${read.key}" of ${read.kind} ${pods.namespace}/${read.name}, which has no such key (${read.where})`,
          ];
    }),
    ...mountsOf(pods),
  ]),
);

/** Every Secret and ConfigMap that a pod template names, wherever it names it. */
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

/** Fields of a pod template that name a Secret or ConfigMap. */
const KIND_OF: Readonly<Record<string, Read['kind']>> = {
  secretKeyRef: 'Secret',
  secretRef: 'Secret',
  secret: 'Secret',
  imagePullSecrets: 'Secret',
  configMapKeyRef: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMap: 'ConfigMap',
};

/** The keys of a Secret or ConfigMap, from the object itself or from what a controller makes it of; undefined if there is none. */
function keysOf(cluster: ClusterObjects, kind: Read['kind'], namespace: string, name: string): string[] | undefined {
  const own = named(cluster, kind, namespace, name);
  if (own) return ['data', 'stringData', 'binaryData'].flatMap((field) => Object.keys(mapAt(own, field)));
  // The control plane puts this one into every namespace.
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt' ? ['ca.crt'] : undefined;
  const made = ofKind(cluster, 'ExternalSecret', 'Certificate').find(
    (m) => m.metadata.namespace === namespace && madeBy(m) === name,
  );
  if (made?.kind === 'Certificate') return ['ca.crt', 'tls.crt', 'tls.key'];
  if (!made) return undefined;
  const templated = Object.keys(mapAt(made, 'spec', 'target', 'template', 'data'));
  return templated.length > 0
    ? templated
    : listAt(made, 'spec', 'data').flatMap((item) => textAt(item, 'secretKey') ?? []);
}

/** The Secret that an ExternalSecret or a Certificate becomes. */
export function madeBy(m: Manifest): string | undefined {
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

/** Pods of a StatefulSet have names, and disks of the class that is meant. */
export const objectReferences = invariant(
  'StatefulSets have a headless Service, and claims a storage class',
  (cluster) => [
    ...ofKind(cluster, 'StatefulSet').flatMap((set) => headless(cluster, set)),
    // Else the same manifest gets another disk on a cluster with another default.
    ...claimsOf(cluster)
      .filter(({ claim }) => !textAt(claim, 'spec', 'storageClassName'))
      .map(({ owner }) => `${labelOf(owner)} leaves its storage class to the cluster's default`),
  ],
);

/** The Service that gives a StatefulSet's pods their names: headless, and over these pods. */
function headless(cluster: ClusterObjects, set: Manifest): string[] {
  const name = textAt(set, 'spec', 'serviceName') ?? '';
  const service = named(cluster, 'Service', set.metadata.namespace, name);
  if (!service) return [`${labelOf(set)} is named by Service "${name}", which does not exist`];
  const over = Object.entries(mapAt(service, 'spec', 'selector')).every(
    ([key, value]) => mapAt(set, 'spec', 'template', 'metadata', 'labels')[key] === value,
  );
  if (textAt(service, 'spec', 'clusterIP') !== 'None')
    return [`${labelOf(set)} is named by ${labelOf(service)}, which is not headless`];
  return over ? [] : [`${labelOf(set)} is named by ${labelOf(service)}, which does not select its pods`];
}
