import { findKind } from '../../kinds/index.ts';
import { KEEP } from '../../lib/argo.ts';
import { NO_BACKUP } from '../../lib/no-backup.ts';
import { groupOf, type Manifest } from '../../lib/manifest.ts';

/** True for a CustomResourceDefinition. */
export function isDefinition(object: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return object.kind === 'CustomResourceDefinition' && groupOf(object) === 'apiextensions.k8s.io';
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The object, never pruned or deleted if it is a volume claim or a definition: with a definition go all its custom
 * resources. Neither are the claims that are made from it.
 *
 * @param noBackupBecause reason for volumes in no backup
 */
export function kept(object: Manifest, noBackupBecause?: string): Manifest {
  if (isDefinition(object)) return annotated(object, KEEP) as Manifest;
  const claims = findKind(object)?.volumeClaims;
  if (claims === undefined) return object;
  const annotations = { ...KEEP, ...(noBackupBecause && { [NO_BACKUP]: noBackupBecause }) };
  const steps = claims.split('.').filter(Boolean);
  return retained(changed(object, steps, (claim) => annotated(claim as Fields, annotations)) as Manifest);
}

/** A StatefulSet deletes none of its volumes, whatever its chart says. */
function retained(object: Manifest): Manifest {
  const spec = object['spec'] as Fields | undefined;
  if (object.kind !== 'StatefulSet' || spec?.['volumeClaimTemplates'] === undefined) return object;
  const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled: 'Retain' };
  return { ...object, spec: { ...spec, persistentVolumeClaimRetentionPolicy } };
}

/** A copy of a value with what is at a path changed; `[]` stands for each item of a list. */
function changed(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  const field = step.replace('[]', '');
  const inner = (value as Fields | undefined)?.[field];
  if (inner === undefined || inner === null) return value;
  const next = step.endsWith('[]')
    ? (inner as readonly unknown[]).map((item) => changed(item, rest, change))
    : changed(inner, rest, change);
  return { ...(value as Fields), [field]: next };
}

function annotated(part: Fields, annotations: Readonly<Record<string, string>>): Fields {
  const metadata = part['metadata'] as Fields | undefined;
  return {
    ...part,
    metadata: { ...metadata, annotations: { ...(metadata?.['annotations'] as Fields | undefined), ...annotations } },
  };
}
