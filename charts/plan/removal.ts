import { kindNameOf } from '../kinds/kind.ts';
import { claimNames } from '../kinds/workloads.ts';
import { FINALIZER, syncOptionsOf } from '../lib/argo.ts';
import { at, groupOf, label, listAt, type Manifest, textAt } from '../lib/manifest.ts';
import type { Placed, Snapshot } from './change.ts';
import type { Verdict } from './model.ts';
import { applicationOf } from './rules/kept.ts';

/** What becomes of an object that is no longer in Git. */
export interface Removal {
  readonly verdict: Verdict;
  /** What goes with it. */
  readonly takes: string[];
  /** What stays although it goes. */
  readonly keeps: string[];
}

/**
 * What Argo CD does with an object that its Application no longer has, or whose Application goes. Protections are read
 * from the live object, so from the commit before.
 */
export function removalOf({ manifest }: Placed, before: Snapshot, by: 'Prune' | 'Delete'): Removal {
  const options = syncOptionsOf(manifest);
  const { takes, keeps } = takenBy(manifest, before);
  if (options.includes(`${by}=false`)) return { verdict: 'kept', takes: [], keeps: [] };
  if (options.includes(`${by}=confirm`)) return { verdict: 'confirm', takes, keeps };
  return { verdict: takes.length > 0 ? 'cascade' : 'delete', takes, keeps };
}

type Taken = Omit<Removal, 'verdict'>;

const NOTHING: Taken = { takes: [], keeps: [] };

function takenBy(manifest: Manifest, before: Snapshot): Taken {
  return TAKERS[kindNameOf(manifest)]?.(manifest, before) ?? NOTHING;
}

/** Kinds whose deletion takes others along, by name. */
const TAKERS: Readonly<Record<string, (manifest: Manifest, before: Snapshot) => Taken>> = {
  Namespace: ({ metadata }, before) => ({
    // Whatever protects an object from Argo CD does not protect it from its namespace.
    takes: before
      .all()
      .filter(({ manifest }) => manifest.metadata.namespace === metadata.name)
      .map(({ manifest }) => label(manifest)),
    keeps: [],
  }),
  'apiextensions.k8s.io/CustomResourceDefinition': (definition, before) => ({
    takes: before
      .ofKind(textAt(definition, 'spec', 'names', 'kind') ?? '')
      .filter(({ manifest }) => groupOf(manifest) === at(definition, 'spec', 'group'))
      .map(({ manifest }) => label(manifest)),
    keeps: [],
  }),
  'apps/StatefulSet': (set) => {
    const claims = listAt(set, 'spec', 'volumeClaimTemplates').flatMap((template) =>
      claimNames(set, textAt(template, 'metadata', 'name') ?? '').map(
        (name) => `PersistentVolumeClaim ${set.metadata.namespace ?? 'default'}/${name}`,
      ),
    );
    const deleted = at(set, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete';
    return deleted ? { takes: claims, keeps: [] } : { takes: [], keeps: claims };
  },
  'argoproj.io/Application': (application, before) => {
    const all = before.ofApplication(application.metadata.name).map(({ manifest }) => manifest);
    const finalizers = listAt(application, 'metadata', 'finalizers').map(String);
    // Without the finalizer its objects stay, and nobody looks after them.
    if (!finalizers.some((one) => one.startsWith(FINALIZER))) return { takes: [], keeps: all.map(label) };
    const stays = (one: Manifest): boolean => syncOptionsOf(one).includes('Delete=false');
    return { takes: all.filter((one) => !stays(one)).map(label), keeps: all.filter(stays).map(label) };
  },
};

/** True if an object goes, or stays, because its Application goes: the entry of that one says so. */
export function goesWithItsApplication({ manifest, application }: Placed, before: Snapshot, after: Snapshot): boolean {
  const has = (snapshot: Snapshot): boolean => applicationOf(snapshot, application) !== undefined;
  return manifest.kind !== 'Application' && has(before) && !has(after);
}
