import { volumeClaimsOf } from '../../kinds/references.ts';
import { KEEP } from '../../lib/argo.ts';
import { NO_BACKUP } from '../../lib/backup.ts';
import { groupOf, type Manifest } from '../../lib/manifest.ts';

/** True for a CustomResourceDefinition. */
export function isDefinition(object: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'CustomResourceDefinition' && groupOf(object) === 'apiextensions.k8s.io';
}

/** The parts of an object with metadata of their own. */
interface Part {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

/**
 * The object, never pruned or deleted if it is a volume claim or a definition: with a definition go all its custom
 * resources. Neither are the claims that a StatefulSet makes.
 *
 * @param noBackupBecause reason for volumes in no backup
 */
export function kept(object: Manifest, noBackupBecause?: string): Manifest {
  if (isDefinition(object)) return annotated(object, KEEP);
  if (volumeClaimsOf(object).length === 0) return object;
  const annotations = { ...KEEP, ...(noBackupBecause && { [NO_BACKUP]: noBackupBecause }) };
  if (object.kind === 'PersistentVolumeClaim') return annotated(object, annotations);
  const spec = object['spec'] as { readonly volumeClaimTemplates: readonly Part[] };
  return {
    ...object,
    spec: {
      ...spec,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: spec.volumeClaimTemplates.map((claim) => annotated(claim, annotations)),
    },
  };
}

function annotated<T extends Part>(part: T, annotations: Readonly<Record<string, string>>): T {
  return { ...part, metadata: { ...part.metadata, annotations: { ...part.metadata?.annotations, ...annotations } } };
}
