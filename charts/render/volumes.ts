import { type Problem, throwIfAny } from '../fault.ts';
import { volumeClaimsOf } from '../kinds/references.ts';
import { label, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { NO_BACKUP } from '../lib/backup.ts';

/**
 * Checks that every volume is covered by a Velero Schedule or states why it is not backed up.
 *
 * @throws Fault naming each volume that is in no backup
 */
export function checkBackups(manifests: readonly Manifest[]): void {
  const backedUp = new Set(
    manifests.filter((m) => m.kind === 'Schedule').flatMap((m) => listAt(m, 'spec', 'template', 'includedNamespaces')),
  );
  const problems: Problem[] = [];
  for (const manifest of manifests) {
    for (const { value: claim } of volumeClaimsOf(manifest)) {
      if (backedUp.has(manifest.metadata.namespace) || textAt(claim, 'metadata', 'annotations', NO_BACKUP)) continue;
      problems.push({
        what: `volume "${textAt(claim, 'metadata', 'name')}" of ${label(manifest)} is in no backup`,
        where: `${label(manifest)}, namespace ${manifest.metadata.namespace}`,
        fix: 'add the section "velero" to the cluster, or state the reason in noBackupBecause',
      });
    }
  }
  throwIfAny(problems);
}
