import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { backupMarks, contentBackedUp, volumesBackedUp, volumesKept } from '../volumes.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const CLAIM = ['spec', 'volumeClaimTemplates', 0] as const;
const REASON = [...CLAIM, 'metadata', 'annotations', 'slipway.dev/no-backup-because'] as const;

/** True for a Schedule that copies files, as one without snapshots does. */
const copiesFiles = (schedule: Manifest): boolean =>
  at(schedule, 'spec', 'template', 'defaultVolumesToFsBackup') === true;

/** True if the namespace of an object is in a backup. */
const backedUp = (d: Draft, { metadata }: Manifest): boolean =>
  listAt(d.find('Schedule'), 'spec', 'template', 'includedNamespaces').includes(metadata.namespace);

/** What is never lost. */
export const volumesMutations: readonly Mutation[] = [
  ...mutations(volumesKept, {
    'a claim that may be pruned': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...CLAIM, 'metadata', 'annotations', OPTIONS),
      /^volume "data" of StatefulSet mongo\/mongo may be pruned/,
    ],
    'a claim that may be deleted': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, 'metadata', 'annotations', OPTIONS], 'Prune=false'),
      /^volume "data" of StatefulSet mongo\/mongo may be pruned or deleted/,
    ],
    'volumes that go with their set': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'],
          'Delete',
        ),
      /does not retain its volumes whenDeleted/,
    ],
    'no retention': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'persistentVolumeClaimRetentionPolicy'),
      /does not retain its volumes whenScaled/,
    ],
    'a namespace that goes': [
      (d) => d.set(d.find('Namespace', 'mongo'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm,Delete=confirm'),
      /^Namespace mongo holds volumes/,
    ],
  }),
  ...mutations(volumesBackedUp, {
    'no Schedule': [(d) => d.remove(d.find('Schedule')), /is in no backup/],
    'a Schedule without the namespace': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedNamespaces'], ['x']),
      /^volume .* of StatefulSet .* is in no backup/,
    ],
    'a Schedule that leaves it out': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'excludedNamespaces'], ['mongo']),
      /^volume .* of StatefulSet mongo\/.* is in no backup/,
    ],
    'a Schedule without volumes': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedResources'], ['configmaps']),
      /is in no backup/,
    ],
    'a Schedule that leaves volumes out': [
      (d) => d.push(d.find('Schedule'), ['spec', 'template', 'excludedResources'], 'persistentvolumeclaims'),
      /is in no backup/,
    ],
    'a Schedule that stands still': [(d) => d.set(d.find('Schedule'), ['spec', 'paused'], true), /is in no backup/],
    'a reason that says nothing': [
      (d) =>
        d.set(
          d.find('StatefulSet', (m) => textAt(m, ...REASON) !== undefined && !backedUp(d, m)),
          REASON,
          ' ',
        ),
      /is in no backup/,
    ],
  }),
  ...mutations(contentBackedUp, {
    'files that nobody copies': [
      (d) => d.set(d.find('Schedule', copiesFiles), ['spec', 'template', 'defaultVolumesToFsBackup'], false),
      /is in a backup that copies none of its files/,
    ],
    'a volume that its pod leaves out': [
      (d) => {
        d.find('Schedule', copiesFiles);
        d.set(
          d.find('StatefulSet', 'mongo-dump'),
          ['spec', 'template', 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'],
          'dump',
        );
      },
      /^volume "dump" of StatefulSet mongo\/mongo-dump is in a backup that copies none/,
    ],
    'snapshots that stay': [
      (d) =>
        d.set(
          d.find('Schedule', (m) => at(m, 'spec', 'template', 'snapshotMoveData') === true),
          ['spec', 'template', 'snapshotMoveData'],
          false,
        ),
      /is in a backup that stays on its disk/,
    ],
  }),
  ...mutations(backupMarks, {
    'a hook for a container that is not there': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo-dump'),
          ['spec', 'template', 'metadata', 'annotations', 'pre.hook.backup.velero.io/container'],
          'x',
        ),
      /has a backup hook for the container x/,
    ],
    'a hook that may fail': [
      (d) =>
        d.drop(
          d.find('StatefulSet', 'mongo-dump'),
          'spec',
          'template',
          'metadata',
          'annotations',
          'pre.hook.backup.velero.io/on-error',
        ),
      /has a backup hook that may fail unnoticed/,
    ],
    'a volume that is not there': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          ['spec', 'template', 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'],
          'x',
        ),
      /lists the volume "x" for backups/,
    ],
  }),
];
