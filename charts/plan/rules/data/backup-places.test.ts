import { drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { BACKUP_PLACES } from './backup-places.ts';

const TEMPLATE = ['spec', 'template'] as const;

prove(BACKUP_PLACES, {
  'SLP-backup-location': {
    fires: {
      'another bucket': [
        set('BackupStorageLocation', 'default', ['spec', 'objectStorage', 'bucket'], 'elsewhere'),
        /is somewhere else \(bucket=elsewhere\)/,
      ],
      'read-only': [set('BackupStorageLocation', 'default', ['spec', 'accessMode'], 'ReadOnly'), /becomes read-only/],
      removed: [remove('BackupStorageLocation'), /is deleted, and Velero with it forgets/],
    },
    quiet: { 'the default access': drop('BackupStorageLocation', 'default', 'spec', 'accessMode') },
  },
  'SLP-snapshots-deleted': {
    given: set('VolumeSnapshotClass', 'velero', ['deletionPolicy'], 'Retain'),
    fires: {
      Delete: [set('VolumeSnapshotClass', 'velero', ['deletionPolicy'], 'Delete'), /was Retain, and is Delete$/],
    },
    quiet: { 'another driver': set('VolumeSnapshotClass', 'velero', ['driver'], 'other') },
  },
  'SLP-backup-hook-gone': {
    fires: {
      'no command': [
        drop('StatefulSet', 'mongo-dump', ...TEMPLATE, 'metadata', 'annotations', 'pre.hook.backup.velero.io/command'),
        /^Backups of StatefulSet mongo\/mongo-dump are made without its hook/,
      ],
      'a volume left out': [
        set(
          'StatefulSet',
          'mongo-dump',
          [...TEMPLATE, 'metadata', 'annotations', 'backup.velero.io/backup-volumes-excludes'],
          'dump',
        ),
        /no longer copies the files of volume dump/,
      ],
    },
    quiet: {
      'a longer timeout': set(
        'StatefulSet',
        'mongo-dump',
        [...TEMPLATE, 'metadata', 'annotations', 'pre.hook.backup.velero.io/timeout'],
        '9h',
      ),
    },
  },
  'SLP-claim-skipped': {
    fires: {
      'the label': [
        set('PersistentVolumeClaim', 'dump-mongo-dump-0', ['metadata', 'labels', 'slipway.dev/backup'], 'none'),
        /^Later backups do not have the content of PersistentVolumeClaim mongo\/dump-mongo-dump-0: it gives no reason$/,
      ],
    },
    quiet: {
      'another label': set('PersistentVolumeClaim', 'dump-mongo-dump-0', ['metadata', 'labels', 'team'], 'a'),
      'no label any more': drop('PersistentVolumeClaim', 'data-mongo-0', 'metadata', 'labels', 'slipway.dev/backup'),
    },
  },
});
