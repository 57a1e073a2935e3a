import { NO_BACKUP, SKIPPED } from '../../../lib/no-backup.ts';
import { at, label, type Manifest, textAt } from '../../../lib/manifest.ts';
import { isKept } from '../kept.ts';
import { POD_KINDS, podsOf } from '../pods.ts';
import { listed, rule, shown, without } from '../rule.ts';

/** Where a location keeps its backups, and what it needs to get there. */
function placeOf(location: Manifest): string[] {
  const spec = location['spec'];
  const config = Object.entries(at(spec, 'config') ?? {}).map(([key, value]) => `config.${key}=${shown(value)}`);
  return [
    `provider=${shown(at(spec, 'provider'))}`,
    ...['bucket', 'prefix'].map((field) => `${field}=${textAt(spec, 'objectStorage', field) ?? ''}`),
    ...config,
  ];
}

const location = rule('SLP-backup-location', {
  severity: 'danger',
  about:
    'A BackupStorageLocation moves, becomes read-only or is removed: earlier backups are not found, or no new ones made',
  kinds: ['BackupStorageLocation'],
  removed: (before, context) =>
    isKept(before, context)
      ? []
      : [
          {
            says: `${label(before)} is deleted, and Velero with it forgets the backups in it`,
            instead: 'keep the location as long as one of its backups may be restored',
          },
        ],
  changed: (before, after) => {
    const moved = without(placeOf(after), placeOf(before));
    const mode = (one: Manifest): string => textAt(one, 'spec', 'accessMode') ?? 'ReadWrite';
    return [
      ...(moved.length > 0
        ? [
            {
              path: 'spec.objectStorage',
              says: `${label(after)} is somewhere else (${listed(moved)}): Velero no longer lists the backups in ${listed(without(placeOf(before), placeOf(after)))}`,
              instead: 'add a second location for new backups, and keep this one read-only until its backups expire',
            },
          ]
        : []),
      ...(mode(after) === 'ReadOnly' && mode(before) !== 'ReadOnly'
        ? [
            {
              path: 'spec.accessMode',
              says: `${label(after)} becomes read-only: every backup into it fails`,
              instead: 'let the Schedules write into another location first',
            },
          ]
        : []),
    ];
  },
});

const snapshots = rule('SLP-snapshots-deleted', {
  severity: 'danger',
  about: 'Snapshots are deleted with their VolumeSnapshot from now on',
  kinds: ['VolumeSnapshotClass'],
  changed: (before, after) =>
    textAt(before, 'deletionPolicy') === 'Retain' && textAt(after, 'deletionPolicy') === 'Delete'
      ? [
          {
            path: 'deletionPolicy',
            says: `A snapshot of ${label(after)} is deleted in the cloud when its VolumeSnapshot or its namespace is: the policy was Retain, and is Delete`,
            instead: 'keep Retain, unless every backup is copied out of the cluster',
          },
        ]
      : [],
});

const VELERO = 'backup.velero.io';

const hooks = rule('SLP-backup-hook-gone', {
  severity: 'danger',
  about: 'Pods lose a backup hook, or a volume that Velero copied by files',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const [old, now] = [podsOf(before)?.annotations ?? {}, podsOf(after)?.annotations ?? {}];
    const field = (key: string): string =>
      `${podsOf(after)?.path.replace(/spec$/, '') ?? ''}metadata.annotations[${key}]`;
    const names = (text = ''): string[] => text.split(',').filter(Boolean);
    const commands = ['pre', 'post'].map((when) => `${when}.hook.${VELERO}/command`);
    const [copied, excluded] = [`${VELERO}/backup-volumes`, `${VELERO}/backup-volumes-excludes`];
    const volumes = [
      ...without(names(old[copied]), names(now[copied])).map((name) => [copied, name] as const),
      ...without(names(now[excluded]), names(old[excluded])).map((name) => [excluded, name] as const),
    ];
    return [
      ...commands
        .filter((key) => old[key] !== undefined && now[key] === undefined)
        .map((key) => ({
          path: field(key),
          says: `Backups of ${label(after)} are made without its hook ${old[key]}: what the hook made consistent may not be`,
          instead: 'keep the hook, or make the copy by other means first',
        })),
      ...volumes.map(([key, name]) => ({
        path: field(key),
        says: `Velero no longer copies the files of volume ${name} of ${label(after)}`,
        instead: 'check that the volume has another backup, such as snapshots that are copied out of the cluster',
      })),
    ];
  },
});

const isSkipped = (claim: Manifest): boolean =>
  Object.entries(SKIPPED).every(([key, value]) => textAt(claim, 'metadata', 'labels', key) === value);

const skipped = rule('SLP-claim-skipped', {
  severity: 'danger',
  about: 'Backups skip a PersistentVolumeClaim from now on: the later ones do not have its content',
  kinds: ['PersistentVolumeClaim'],
  changed: (before, after) =>
    isSkipped(after) && !isSkipped(before)
      ? [
          {
            path: 'metadata.labels',
            says: `Later backups do not have the content of ${label(after)}: ${textAt(after, 'metadata', 'annotations', NO_BACKUP) ?? 'it gives no reason'}`,
            instead: 'check that what it holds comes back by other means, such as a dump that is verified',
          },
        ]
      : [],
});

/** Where backups are kept, and what pods and claims say of their own. */
export const BACKUP_PLACES = [location, snapshots, hooks, skipped];
