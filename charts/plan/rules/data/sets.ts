import { findKind, KINDS } from '../../../kinds/index.ts';
import { volumeClaimsOf } from '../../../kinds/references.ts';
import { claimNames } from '../../../kinds/workloads.ts';
import { label, type Manifest, textAt } from '../../../lib/manifest.ts';
import { isKept } from '../kept.ts';
import { replicasOf } from '../scaling.ts';
import { type Context, listed, rule } from '../rule.ts';

/** StatefulSets, and what a controller makes one from. */
const SETS = ['StatefulSet', ...KINDS.filter(({ statefulSet }) => statefulSet).map(({ kind }) => kind)];

/** What a StatefulSet does with the claims it made: when it is deleted, or when it has fewer replicas. */
function retention(set: Manifest, when: 'whenDeleted' | 'whenScaled'): string {
  return textAt(set, 'spec', 'persistentVolumeClaimRetentionPolicy', when) ?? 'Retain';
}

/** The claims that a set has of its templates. */
function claims(set: Manifest): string[] {
  const made = findKind(set)?.statefulSet?.(set) ?? set;
  return volumeClaimsOf(set).flatMap(({ value }) => claimNames(made, textAt(value, 'metadata', 'name') ?? ''));
}

/** The set is deleted, with claims of its own. */
function goes(set: Manifest, policy: string, context: Context): boolean {
  return claims(set).length > 0 && retention(set, 'whenDeleted') === policy && !isKept(set, context);
}

const volumesGo = rule('SLP-set-removed-with-volumes', {
  severity: 'block',
  about: 'A StatefulSet that deletes its claims with itself is pruned',
  kinds: SETS,
  removed: (before, context) =>
    goes(before, 'Delete', context)
      ? [
          {
            path: 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted',
            says: `${label(before)} is deleted, and takes its claims ${listed(claims(before))} along`,
            instead: 'set whenDeleted to Retain in a commit of its own and let it sync, then remove the set',
          },
        ]
      : [],
});

const volumesStay = rule('SLP-set-removed', {
  severity: 'danger',
  about: 'A StatefulSet with volumes is pruned; its claims stay',
  kinds: SETS,
  removed: (before, context) =>
    goes(before, 'Retain', context)
      ? [
          {
            says: `${label(before)} is deleted with all its pods; its claims ${listed(claims(before))} stay, and cost money until somebody deletes them`,
            instead: 'back it up first, and keep the claims until nobody needs the data',
          },
        ]
      : [],
});

const retentionDelete = rule('SLP-retention-delete', {
  severity: 'danger',
  about: 'The retention policy of a StatefulSet turns from Retain to Delete',
  kinds: SETS,
  changed: (before, after) =>
    (['whenDeleted', 'whenScaled'] as const)
      .filter((when) => retention(before, when) === 'Retain' && retention(after, when) === 'Delete')
      .map((when) => ({
        path: `spec.persistentVolumeClaimRetentionPolicy.${when}`,
        says: `${label(after)} deletes its claims ${when === 'whenDeleted' ? 'when it is deleted' : 'of members that it no longer has'}: ${when} was Retain, and is Delete`,
        instead: 'keep Retain, and delete claims by hand once nobody needs the data',
      })),
});

const scaledAway = rule('SLP-volumes-scaled-away', {
  severity: 'block',
  about: 'A StatefulSet that deletes the claims of members it no longer has gets fewer replicas',
  kinds: SETS,
  changed: (before, after) => {
    const [old, now] = [replicasOf(before), replicasOf(after)];
    const gone = claims(before).filter((name) => !claims(after).includes(name));
    return now < old && gone.length > 0 && retention(after, 'whenScaled') === 'Delete'
      ? [
          {
            path: 'spec.replicas',
            says: `${label(after)} goes from ${old} to ${now} replicas and deletes the claims ${listed(gone)}`,
            instead: 'set whenScaled to Retain in a commit of its own and let it sync first',
          },
        ]
      : [];
  },
});

const fewerMembers = rule('SLP-fewer-members', {
  severity: 'danger',
  about: 'A StatefulSet with volumes gets fewer replicas: its data have fewer copies, or no majority is left',
  kinds: SETS,
  changed: (before, after) => {
    const [old, now] = [replicasOf(before), replicasOf(after)];
    if (now >= old || claims(before).length === 0) return [];
    const majority = Math.floor(old / 2) + 1;
    const lost =
      now < majority
        ? `${now} of ${old} members are no majority, which is ${majority}: until the others are taken out of its configuration, it elects no leader and accepts no writes`
        : `the members ${now} to ${old - 1} go without being taken out of its configuration`;
    return [
      {
        path: 'spec.replicas',
        says: `${label(after)} goes from ${old} to ${now} replicas: ${lost}`,
        instead: 'take the members out of the configuration of the database first, one at a time',
      },
    ];
  },
});

/** StatefulSets and their claims. */
export const VOLUME_SETS = [volumesGo, volumesStay, retentionDelete, scaledAway, fewerMembers];
