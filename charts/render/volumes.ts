import type { Cluster } from '../cluster-file.ts';
import { type Problem, throwIfAny } from '../fault.ts';
import { volumeClaimsOf } from '../kinds/references.ts';
import { NO_BACKUP } from '../lib/no-backup.ts';
import { componentName } from '../lib/instances.ts';
import { at, identityOf, label, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import { anyBytesOf } from '../lib/quantity.ts';
import type { ManifestFile } from './files.ts';

/** The kinds whose objects decide which volumes there are, and how large they are. */
export const VOLUME_KINDS = ['PersistentVolumeClaim', 'StatefulSet'] as const;

/**
 * Checks that every volume is covered by a Velero Schedule or states why it is not backed up.
 *
 * @param manifests objects as their components have them, where a StatefulSet stands for its claims
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

/** What a message about a size needs to know of the cluster. */
type Sized = Pick<Cluster, 'name' | 'settings' | 'held'> & {
  readonly cloud: Pick<Cluster['cloud'], 'storage' | 'storageClass'>;
};

/**
 * Checks that the API server will accept the new size of every volume that dist already has.
 *
 * @param before the claims as dist has them
 * @throws Fault naming each claim that would shrink, or grow although its class cannot
 */
export function checkSizes(cluster: Sized, files: readonly ManifestFile[], before: readonly Manifest[]): void {
  const sizes = new Map(before.filter(isClaim).map((claim) => [identityOf(claim), sizeOf(claim)]));
  throwIfAny(files.filter(({ manifest }) => isClaim(manifest)).flatMap((file) => refused(cluster, file, sizes)));
}

function refused(cluster: Sized, file: ManifestFile, sizes: ReadonlyMap<string, string>): Problem[] {
  const { manifest: claim, component } = file;
  const [was, size] = [sizes.get(identityOf(claim)), sizeOf(claim)];
  const again = `or, to recreate the cluster, remove dist/${cluster.name}`;
  if (was === undefined || anyBytesOf(size) === anyBytesOf(was)) return [];
  const isHeld = cluster.held?.byComponent.has(component) ?? false;
  const setting = isHeld ? undefined : settingOf(cluster, component, size);
  const place = { setting, where: label(claim), seen: `${size}; dist has ${was}` };
  if (anyBytesOf(size) < anyBytesOf(was))
    return [
      {
        what: `${label(claim)} would shrink, which no volume can`,
        ...place,
        fix: isHeld
          ? 'hold what it has been since it has that size, or change its values and versions instead'
          : `ask for ${was} or more; if ${was} was never pushed, restore dist/${cluster.name} from Git; ${again}`,
      },
    ];
  const { storageClassName } = cluster.cloud.storage;
  if (cluster.cloud.storageClass.expands || textAt(claim, 'spec', 'storageClassName') !== storageClassName) return [];
  return [
    {
      what: `${label(claim)} would grow, which StorageClass ${storageClassName} does not allow`,
      ...place,
      fix: `ask for ${was}, and move the data to a larger volume as docs/runbooks/grow-a-volume.md says; ${again}`,
    },
  ];
}

/** The setting with the size of a claim, if it is one of a section, or of an instance of one. */
function settingOf({ settings }: Sized, component: string, size: string): Problem['setting'] {
  for (const [section, content] of Object.entries(settings as Readonly<Record<string, unknown>>)) {
    const name = section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const instances = Object.entries((content ?? {}) as Readonly<Record<string, unknown>>)
      .filter(([instance]) => componentName(name, instance) === component)
      .map(([, values]) => values);
    for (const values of name === component ? [content, ...instances] : instances) {
      if (typeof values !== 'object' || values === null) continue;
      const key = Object.entries(values).find(([, value]) => value === size)?.[0];
      if (key !== undefined) return { of: values, key };
    }
  }
  return undefined;
}

/**
 * What people have to do in a running cluster about what the API server refuses to change: the claim templates of a
 * StatefulSet, and the class of a claim.
 *
 * @param before the objects as dist has them
 */
export function immutableChanges(after: readonly Manifest[], before: readonly Manifest[]): string[] {
  const old = new Map(before.map((manifest) => [identityOf(manifest), manifest]));
  return after.flatMap((manifest) => {
    const was = old.get(identityOf(manifest));
    if (was === undefined) return [];
    if (manifest.kind === 'StatefulSet' && templatesOf(was) !== templatesOf(manifest))
      return [`the claim templates of ${label(manifest)} change: where it runs, push, then ${recreation(manifest)}`];
    const [from, to] = [was, manifest].map((claim) => textAt(claim, 'spec', 'storageClassName'));
    return isClaim(manifest) && from !== to
      ? [`the class of ${label(manifest)} changes from ${from} to ${to}: where it is bound, move it first`]
      : [];
  });
}

/** The command after which Argo CD creates a StatefulSet again, around its running pods and their claims. */
function recreation({ metadata: { name, namespace } }: Manifest): string {
  return `kubectl delete statefulset ${name} --namespace ${namespace} --cascade=orphan`;
}

function isClaim({ kind }: Manifest): boolean {
  return kind === 'PersistentVolumeClaim';
}

function sizeOf(claim: Manifest): string {
  const size = at(claim, 'spec', 'resources', 'requests', 'storage');
  // YAML has a plain number of bytes as a number.
  return typeof size === 'string' || typeof size === 'number' ? String(size) : '';
}

function templatesOf(set: Manifest): string {
  return JSON.stringify(at(set, 'spec', 'volumeClaimTemplates') ?? []);
}
