import { findKind, KINDS } from '../../kinds/index.ts';
import { volumeClaimsOf } from '../../kinds/references.ts';
import { claimNames } from '../../kinds/workloads.ts';
import { at, type Manifest, objectIdentity, textAt } from '../../lib/manifest.ts';
import type { Placed, Snapshot } from '../../plan/change.ts';
import { leastReplicas } from '../../plan/rules/scaling.ts';
import type { Volumes } from './model.ts';
import { quantityOf, roundedUp } from './pod-requests.ts';

/** Kinds that are claims, or have templates of claims. */
const CLAIM_KINDS = [...new Set(KINDS.filter((kind) => kind.volumeClaims !== undefined).map(({ kind }) => kind))];

/** The persistent volumes of a cluster, each with the Application that it belongs to. */
export function volumesIn(snapshot: Snapshot): (Volumes & { readonly application: string })[] {
  return CLAIM_KINDS.flatMap((kind) => snapshot.ofKind(kind)).flatMap((placed) =>
    volumeClaimsOf(placed.manifest).map(({ value }) => ({
      application: placed.application,
      ...claimed(placed.manifest, value, volumesOf(placed, value, snapshot)),
    })),
  );
}

/** How many volumes a claim or a template stands for; those whose claims are rendered are counted there. */
function volumesOf({ manifest }: Placed, claim: unknown, snapshot: Snapshot): number {
  if (manifest.kind === 'PersistentVolumeClaim') return 1;
  const set = findKind(manifest)?.statefulSet?.(manifest) ?? manifest;
  const replicas = leastReplicas(manifest, snapshot) ?? 1;
  const sized = { ...set, spec: { ...(set['spec'] as object), replicas } };
  return claimNames(sized, textAt(claim, 'metadata', 'name') ?? '').filter(
    (name) => !snapshot.find(objectIdentity('', 'PersistentVolumeClaim', set.metadata.namespace, name)),
  ).length;
}

function claimed(manifest: Manifest, claim: unknown, volumes: number): Volumes {
  const size = quantityOf(at(claim, 'spec', 'resources', 'requests', 'storage') ?? 0, manifest);
  return {
    storageClass: textAt(claim, 'spec', 'storageClassName') ?? '',
    volumes,
    bytes: roundedUp(size) * volumes,
  };
}

/** Volumes by StorageClass. */
export function sumOfVolumes(all: readonly Volumes[]): Volumes[] {
  const classes = new Map<string, Volumes>();
  for (const { storageClass, volumes, bytes } of all) {
    if (volumes === 0) continue;
    const sum = classes.get(storageClass) ?? { storageClass, volumes: 0, bytes: 0 };
    classes.set(storageClass, { storageClass, volumes: sum.volumes + volumes, bytes: sum.bytes + bytes });
  }
  return [...classes.values()].toSorted((one, other) => (one.storageClass < other.storageClass ? -1 : 1));
}
