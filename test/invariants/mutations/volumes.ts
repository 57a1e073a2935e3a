import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import {
  backupAnnotations,
  claimsApart,
  contentBackedUp,
  disksRetained,
  volumesBackedUp,
  volumesKept,
} from '../volumes.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const CLAIM = ['spec', 'volumeClaimTemplates', 0] as const;
const REASON = ['metadata', 'annotations', 'slipway.dev/no-backup-because'] as const;
const SIZE = ['spec', 'resources', 'requests', 'storage'] as const;

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
  ...mutations(claimsApart, {
    'StatefulSet with more replicas than claims': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 4),
      /^StatefulSet mongo\/mongo has no PersistentVolumeClaim mongo\/data-mongo-3$/,
    ],
    'template without its claims': [
      (d) => d.remove(d.find('PersistentVolumeClaim', 'dump-mongo-dump-0')),
      /^StatefulSet mongo\/mongo-dump has no PersistentVolumeClaim mongo\/dump-mongo-dump-0$/,
    ],
    'template with a size that is a setting': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, ...SIZE], '10Gi'),
      /^a template of StatefulSet mongo\/mongo has the size 10Gi instead of/,
    ],
    'template with a label': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, 'metadata', 'labels'], { version: '1' }),
      /^a template of StatefulSet mongo\/mongo has labels/,
    ],
    'template with a reason': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), [...CLAIM, ...REASON], 'x'),
      /^a template of StatefulSet mongo\/mongo has the annotation slipway.dev\/no-backup-because/,
    ],
    'claim of another class than its template': [
      (d) => d.set(d.find('PersistentVolumeClaim', 'data-mongo-0'), ['spec', 'storageClassName'], 'x'),
      /^PersistentVolumeClaim mongo\/data-mongo-0 has another class/,
    ],
  }),
  ...mutations(disksRetained, {
    'StorageClass that deletes disks': [
      (d) => d.set(d.find('StorageClass'), ['reclaimPolicy'], 'Delete'),
      /^volume "data-mongo-0" of .* has StorageClass .*, which deletes disks$/,
    ],
    'StorageClass that is not rendered': [
      (d) => d.remove(d.find('StorageClass')),
      /^volume "data-mongo-0" of .* which is not in dist/,
    ],
    'claim without a class': [
      (d) => d.drop(d.find('PersistentVolumeClaim', 'data-mongo-0'), 'spec', 'storageClassName'),
      /^volume "data-mongo-0" of .* names no StorageClass/,
    ],
  }),
  ...mutations(volumesBackedUp, {
    'missing Schedule': [(d) => d.remove(d.find('Schedule')), /is not in any backup/],
    'Schedule that does not include the namespace': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'includedNamespaces'], ['x']),
      /^volume .* of PersistentVolumeClaim .* is not in any backup/,
    ],
    'Schedule that excludes the namespace': [
      (d) => d.set(d.find('Schedule'), ['spec', 'template', 'excludedNamespaces'], ['mongo']),
      /^volume .* of PersistentVolumeClaim mongo\/.* is not in any backup/,
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
          d.find('PersistentVolumeClaim', (m) => textAt(m, ...REASON) !== undefined && !backedUp(d, m)),
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
      /^volume "dump-mongo-dump-0" of PersistentVolumeClaim .* is in a backup that copies none/,
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
