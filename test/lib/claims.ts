import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, manifestsOf, valuesOf } from './cluster-objects.ts';

/** A disk that an object asks for: a claim of its own, or one of each of its pods. */
export interface Claim {
  readonly owner: Manifest;
  readonly claim: unknown;
  /** Where the claim is; empty for a claim of its own. */
  readonly path: string;
  readonly label: string;
  readonly namespace: string;
}

/** Every PersistentVolumeClaim and every template of one, told by its shape and not by what the kinds declare. */
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

/** Access modes and a request for storage are what every claim has, and nothing else but a volume. */
function isClaim(value: unknown): boolean {
  return (
    listAt(value, 'spec', 'accessModes').length > 0 &&
    at(value, 'spec', 'resources', 'requests', 'storage') !== undefined
  );
}
