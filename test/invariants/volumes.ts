import { SYNC_OPTIONS } from '../../charts/lib/argo.ts';
import { NO_BACKUP } from '../../charts/lib/stateful-set.ts';
import { at, groupOf, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { podsOf } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** A disk that somebody asked for: a claim of its own, or one of each pod of a StatefulSet. */
interface Claim {
  readonly owner: Manifest;
  readonly claim: unknown;
  readonly says: string;
  readonly namespace: string;
}

function claimsOf(cluster: ClusterObjects): Claim[] {
  return ofKind(cluster, 'StatefulSet', 'PersistentVolumeClaim').flatMap((owner) => {
    const claims = owner.kind === 'StatefulSet' ? listAt(owner, 'spec', 'volumeClaimTemplates') : [owner];
    return claims.map((claim) => ({ owner, claim, says: `volume "${textAt(claim, 'metadata', 'name')}" of ${label(owner)}`, namespace: owner.metadata.namespace ?? '' }));
  });
}

/** No sync and no deletion takes a disk along. */
export const volumesKept = invariant('volumes are never pruned and never deleted', (cluster) => [
  ...claimsOf(cluster).filter(({ claim }) => !isKept(claim)).map(({ says }) => `${says} may be pruned or deleted`),
  ...ofKind(cluster, 'StatefulSet')
    .filter((set) => listAt(set, 'spec', 'volumeClaimTemplates').length > 0)
    .flatMap((set) =>
      ['whenDeleted', 'whenScaled'].filter((when) => textAt(set, 'spec', 'persistentVolumeClaimRetentionPolicy', when) !== 'Retain').map((when) => `${label(set)} does not retain its volumes ${when}`),
    ),
  ...[...new Set(claimsOf(cluster).map(({ namespace }) => namespace))]
    .filter((namespace) => !isKept(named(cluster, 'Namespace', undefined, namespace)))
    .map((namespace) => `Namespace ${namespace} holds volumes and may be pruned or deleted`),
]);

function isKept(object: unknown): boolean {
  const options = mapAt(object, 'metadata', 'annotations')[SYNC_OPTIONS]?.split(',') ?? [];
  return ['Prune=false', 'Delete=false'].every((option) => options.includes(option));
}

/** A disk that is in no backup is one that somebody decided to lose, and said why. */
export const volumesBackedUp = invariant('every volume is in a backup, or says why not', (cluster) =>
  claimsOf(cluster)
    .filter(({ namespace, claim }) => !ofKind(cluster, 'Schedule').some((schedule) => covers(schedule, namespace)) && !textAt(claim, 'metadata', 'annotations', NO_BACKUP)?.trim())
    .map(({ says }) => `${says} is in no backup`),
);

/** True if a Velero Schedule takes the namespace's volumes. */
function covers(schedule: Manifest, namespace: string): boolean {
  if (groupOf(schedule) !== 'velero.io' || at(schedule, 'spec', 'paused') === true) return false;
  const template = at(schedule, 'spec', 'template');
  const within = (field: string): boolean => textsAt(template, field).some((name) => name === '*' || name === namespace);
  const kinds = textsAt(template, 'includedResources');
  const withVolumes = kinds.length === 0 || kinds.some((kind) => kind === '*' || kind.startsWith('persistentvolumeclaims'));
  return within('includedNamespaces') && !within('excludedNamespaces') && withVolumes && at(template, 'snapshotVolumes') !== false;
}

/** Where the cloud has no snapshots, Velero copies the files of just those volumes that their pods name. */
export const filesCopied = invariant('without snapshots, pods name the volumes whose files are copied', (cluster) => {
  if (ofKind(cluster, 'VolumeSnapshotClass').length > 0) return [];
  return claimsOf(cluster).flatMap(({ owner, claim, says, namespace }) => {
    const schedules = ofKind(cluster, 'Schedule').filter((s) => covers(s, namespace));
    if (schedules.length === 0 || textAt(claim, 'metadata', 'annotations', NO_BACKUP)) return [];
    if (schedules.some((s) => at(s, 'spec', 'template', 'defaultVolumesToFsBackup') === true)) return [];
    const listed = mapAt(owner, 'spec', 'template', 'metadata', 'annotations')['backup.velero.io/backup-volumes']?.split(',') ?? [];
    return listed.includes(textAt(claim, 'metadata', 'name') ?? '') ? [] : [`${says} is in a Schedule that copies none of its files`];
  });
});

/** A hook for a container that is not there fails the backup; a volume that is not there is skipped in silence. */
export const backupMarks = invariant("backup hooks and lists name their own pod's containers and volumes", (cluster) =>
  podsOf(cluster).flatMap(({ annotations, spec, says, workload }) => {
    const containers = spec.containers.map(({ name }) => name);
    const volumes = new Set([...(spec.volumes ?? []).map(({ name }) => name), ...listAt(workload, 'spec', 'volumeClaimTemplates').map((c) => textAt(c, 'metadata', 'name'))]);
    const container = annotations[`pre.hook.${VELERO}/container`];
    const command = annotations[`pre.hook.${VELERO}/command`];
    const listed = ['backup-volumes', 'backup-volumes-excludes'].flatMap((list) => annotations[`${VELERO}/${list}`]?.split(',') ?? []);
    return [
      // Left out, it is the first container.
      ...(command !== undefined && (container === undefined || !containers.includes(container)) ? [`${says} has a backup hook for the container ${container ?? '(none)'}`] : []),
      ...(command !== undefined && annotations[`pre.hook.${VELERO}/on-error`] !== 'Fail' ? [`${says} has a backup hook that may fail unnoticed`] : []),
      ...listed.filter((name) => !volumes.has(name)).map((name) => `${says} lists the volume "${name}" for backups, which it does not have`),
    ];
  }),
);

const VELERO = 'backup.velero.io';

/** Deleting an Application never takes a disk along. */
export const volumesNotCascaded = invariant('Applications with volumes do not cascade', (cluster) => {
  const owners = new Set(claimsOf(cluster).map(({ owner }) => owner));
  const components = new Set(cluster.objects.filter(({ manifest }) => owners.has(manifest)).map(({ component }) => component));
  return ofKind(cluster, 'Application')
    .filter((application) => components.has(application.metadata.name) && textsAt(application, 'metadata', 'finalizers').length > 0)
    .map((application) => `${label(application)} has volumes and a finalizer that deletes them`);
});
