import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { backupAnnotations, contentBackedUp, volumesBackedUp, volumesKept } from '../volumes.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const CLAIM = ['spec', 'volumeClaimTemplates', 0] as const;
const REASON = [...CLAIM, 'metadata', 'annotations', 'slipway.dev/no-backup-because'] as const;

/** True for a Schedule that copies files, which it does without snapshots. */
const copiesFiles = (schedule: Manifest): boolean =>
  at(schedule, 'spec', 'template', 'defaultVolumesToFsBackup') === true;

/** True if the namespace of an object is in a backup. */
const backedUp = (d: Draft, { metadata }: Manifest): boolean =>
  listAt(d.find('Schedule'), 'spec', 'template', 'includedNamespaces').includes(metadata.namespace);

/** Volumes and their backups. */
export const volumesMutations: readonly Mutation[] = [
  ...mutations(volumesKept, {
    'volume claim that may be pruned': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...CLAIM, 'metadata', 'annotations', OPTIONS),
      /^volume "data" of StatefulSet mongo\/mongo may be pruned/,
    ],
    'volume claim that may be deleted': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, 'metadata', 'annotations', OPTIONS], 'Prune=false'),
      /^volume "data" of StatefulSet mongo\/mongo may be pruned or deleted/,
    ],
    'volumes deleted with their StatefulSet': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted'],
          'Delete',
        ),
      /does not retain its volumes whenDeleted/,
    ],
    'StatefulSet without a volume retention policy': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'persistentVolumeClaimRetentionPolicy'),
      /does not retain its volumes whenScaled/,
    ],
    'namespace with volumes that may be deleted': [
      (d) => d.set(d.find('Namespace', 'mongo'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm,Delete=confirm'),
      /^Namespace mongo holds volumes/,
    ],
  }),
  ...mutations(volumesBackedUp, {
    'missing Schedule': [(d) => d.remove(d.find('Schedule')), /is not in any backup/],
    'Schedule that does not include the namespace': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedNamespaces'], ['x']),
      /^volume .* of StatefulSet .* is not in any backup/,
    ],
    'Schedule that excludes the namespace': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'excludedNamespaces'], ['mongo']),
      /^volume .* of StatefulSet mongo\/.* is not in any backup/,
    ],
    'Schedule that does not include volume claims': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedResources'], ['configmaps']),
      /is not in any backup/,
    ],
    'Schedule that excludes volume claims': [
      (d) => d.push(d.find('Schedule'), ['spec', 'template', 'excludedResources'], 'persistentvolumeclaims'),
      /is not in any backup/,
    ],
    'paused Schedule': [(d) => d.set(d.find('Schedule'), ['spec', 'paused'], true), /is not in any backup/],
    'blank reason for no backup': [
      (d) =>
        d.set(
          d.find('StatefulSet', (m) => textAt(m, ...REASON) !== undefined && !backedUp(d, m)),
          REASON,
          ' ',
        ),
      /is not in any backup/,
    ],
  }),
  ...mutations(contentBackedUp, {
    'Schedule without defaultVolumesToFsBackup': [
      (d) => d.set(d.find('Schedule', copiesFiles), ['spec', 'template', 'defaultVolumesToFsBackup'], false),
      /is in a backup that copies none of its files/,
    ],
    'volume that its pod excludes from backups': [
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
    'Schedule without snapshotMoveData': [
      (d) =>
        d.set(
          d.find('Schedule', (m) => at(m, 'spec', 'template', 'snapshotMoveData') === true),
          ['spec', 'template', 'snapshotMoveData'],
          false,
        ),
      /is in a backup without CSI snapshot data movement/,
    ],
  }),
  ...mutations(backupAnnotations, {
    'backup hook for a missing container': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo-dump'),
          ['spec', 'template', 'metadata', 'annotations', 'pre.hook.backup.velero.io/container'],
          'x',
        ),
      /has a backup hook for the container x/,
    ],
    'backup hook without on-error': [
      (d) =>
        d.drop(
          d.find('StatefulSet', 'mongo-dump'),
          'spec',
          'template',
          'metadata',
          'annotations',
          'pre.hook.backup.velero.io/on-error',
        ),
      /has a backup hook without on-error: Fail/,
    ],
    'backup list with a missing volume': [
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
