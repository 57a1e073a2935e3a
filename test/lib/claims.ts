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

/** Every claim has access modes and a storage request; no other object has both. */
function isClaim(value: unknown): boolean {
  return (
    listAt(value, 'spec', 'accessModes').length > 0 &&
    at(value, 'spec', 'resources', 'requests', 'storage') !== undefined
  );
}
