import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, manifestsOf, valuesOf } from './cluster-objects.ts';

/** A volume claim of an object: the object itself, or a claim template for its pods. */
export interface Claim {
  readonly owner: Manifest;
  readonly claim: unknown;
  /** The path of the claim in the object; empty if the object is the claim. */
  readonly path: string;
  readonly label: string;
  readonly namespace: string;
}

/** Every PersistentVolumeClaim and volume claim template, found by shape and not by the kinds' declarations. */
export function claimsOf(cluster: ClusterObjects): Claim[] {
  return manifestsOf(cluster).flatMap((owner) =>
    valuesOf(owner)
      .filter(({ value }) => isClaim(value))
      .map(({ path, value }) => ({
        owner,
        claim: value,
        path,
        label: `volume "${textAt(value, 'metadata', 'name') ?? ''}" of ${label(owner)}`,
        namespace: owner.metadata.namespace ?? '',
      })),
  );
}

/** A volume of the cluster's pods, with the workload that mounts it. */
export interface Volume extends Claim {
  /** Its name in the pods of its workload. */
  readonly volume: string;
}

/** Every volume once: a template of a StatefulSet stands for none, where its claims are objects of their own. */
export function volumesOf(cluster: ClusterObjects): Volume[] {
  const claims = claimsOf(cluster);
  const adopted = new Map(
    manifestsOf(cluster).flatMap((set) => adoptions(set).map(({ claim, template }) => [claim, { set, template }])),
  );
  const isOwn = ({ path, owner, namespace }: Claim): boolean =>
    path === '' && adopted.has(`${namespace}/${owner.metadata.name}`);
  const represented = new Set(
    claims.filter(isOwn).map(({ owner }) => {
      const { set, template } = adopted.get(`${owner.metadata.namespace}/${owner.metadata.name}`)!;
      return `${label(set)} ${template}`;
    }),
  );
  return claims
    .filter(({ owner, claim }) => !represented.has(`${label(owner)} ${textAt(claim, 'metadata', 'name')}`))
    .map((claim) => {
      const user = claim.path === '' ? adopted.get(`${claim.namespace}/${claim.owner.metadata.name}`) : undefined;
      return {
        ...claim,
        owner: user?.set ?? claim.owner,
        volume: user?.template ?? textAt(claim.claim, 'metadata', 'name') ?? '',
      };
    });
}

/** Kinds of which the Prometheus Operator makes StatefulSets, with their prefix. */
const OPERATED: Readonly<Record<string, string>> = { Prometheus: 'prometheus-', Alertmanager: 'alertmanager-' };

/** The claims of a StatefulSet, `<namespace>/<name>`: one for each of its templates and replicas. */
export function adoptions(set: Manifest): { readonly claim: string; readonly template: string }[] {
  const prefix = OPERATED[set.kind];
  if (set.kind !== 'StatefulSet' && prefix === undefined) return [];
  const { namespace = '' } = set.metadata;
  const name = `${prefix ?? ''}${set.metadata.name}`;
  const replicas = Number(at(set, 'spec', 'replicas') ?? 1);
  const first = Number(at(set, 'spec', 'ordinals', 'start') ?? 0);
  const operated = at(set, 'spec', 'storage', 'volumeClaimTemplate');
  const templates = operated === undefined ? listAt(set, 'spec', 'volumeClaimTemplates') : [operated];
  return templates.flatMap((template) =>
    Array.from({ length: replicas }, (_, i) => {
      const volume = textAt(template, 'metadata', 'name') ?? '';
      return { claim: `${namespace}/${volume}-${name}-${first + i}`, template: volume };
    }),
  );
}

/** Every claim has access modes and a storage request; no other object has both. */
function isClaim(value: unknown): boolean {
  return (
    listAt(value, 'spec', 'accessModes').length > 0 &&
    at(value, 'spec', 'resources', 'requests', 'storage') !== undefined
  );
}
