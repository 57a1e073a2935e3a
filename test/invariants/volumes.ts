import { SYNC_OPTIONS } from '../../charts/lib/argo.ts';
import { NO_BACKUP } from '../../charts/lib/no-backup.ts';
import { at, groupOf, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { mapAt, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { adoptions, claimsOf, volumesOf } from '../lib/claims.ts';
import { scales, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Neither a sync nor a deletion of an Application deletes a volume. */
export const volumesKept = invariant('volumes are never pruned and never deleted', (cluster) => [
  ...claimsOf(cluster)
    .filter(({ claim }) => !isKept(claim))
    .map(({ label }) => `${label} may be pruned or deleted`),
  ...ofKind(cluster, 'StatefulSet')
    .filter((set) => listAt(set, 'spec', 'volumeClaimTemplates').length > 0)
    .flatMap((set) =>
      ['whenDeleted', 'whenScaled']
        .filter((when) => textAt(set, 'spec', 'persistentVolumeClaimRetentionPolicy', when) !== 'Retain')
        .map((when) => `${labelOf(set)} does not retain its volumes ${when}`),
    ),
  ...[...new Set(claimsOf(cluster).map(({ namespace }) => namespace))]
    .filter((namespace) => !isKept(named(cluster, 'Namespace', undefined, namespace)))
    .map((namespace) => `Namespace ${namespace} holds volumes and may be pruned or deleted`),
]);

function isKept(object: unknown): boolean {
  const options = mapAt(object, 'metadata', 'annotations')[SYNC_OPTIONS]?.split(',') ?? [];
  return ['Prune=false', 'Delete=false'].every((option) => options.includes(option));
}

/**
 * A claim can grow, its template cannot change: the API server refuses that, and with it every other change of the
 * StatefulSet.
 */
export const claimsApart = invariant(
  'every volume of a StatefulSet is a claim of its own, beside a template that never changes',
  (cluster) => {
    const claims = new Map(ofKind(cluster, 'PersistentVolumeClaim').map((claim) => [nameOf(claim), claim]));
    const scalers = ofKind(cluster, 'HorizontalPodAutoscaler', 'ScaledObject');
    return ofKind(cluster, 'StatefulSet').flatMap((set) => {
      if (scalers.some((scaler) => scales(scaler, set))) return [];
      const templates = new Map(
        listAt(set, 'spec', 'volumeClaimTemplates').map((one) => [textAt(one, 'metadata', 'name') ?? '', one]),
      );
      return [
        ...[...templates.values()].flatMap(templateFaults).map((what) => `a template of ${labelOf(set)} has ${what}`),
        ...adoptions(set).flatMap(({ claim: name, template }) => {
          const claim = claims.get(name);
          if (!claim) return [`${labelOf(set)} has no PersistentVolumeClaim ${name}`];
          const [own, other] = [claim, templates.get(template)].map((one) => textAt(one, 'spec', 'storageClassName'));
          return own === other ? [] : [`${labelOf(claim)} has another class than its template`];
        }),
      ];
    });
  },
);

function nameOf({ metadata }: Manifest): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function templateFaults(template: unknown): string[] {
  const size = textAt(template, 'spec', 'resources', 'requests', 'storage');
  return [
    ...(size === '1Gi' ? [] : [`the size ${size} instead of the constant 1Gi`]),
    ...(at(template, 'metadata', 'labels') === undefined ? [] : ['labels, which may change']),
    ...Object.keys(mapAt(template, 'metadata', 'annotations'))
      .filter((key) => key.startsWith('slipway.dev/'))
      .map((key) => `the annotation ${key}, which may change`),
  ];
}

/** A claim that is deleted by mistake must not take its disk with it. */
export const disksRetained = invariant(
  'every volume has a StorageClass that keeps the disks of deleted claims',
  (cluster) =>
    claimsOf(cluster).flatMap(({ claim, label }) => {
      const name = textAt(claim, 'spec', 'storageClassName');
      if (name === undefined) return [`${label} names no StorageClass: it is whichever is the default`];
      const found = named(cluster, 'StorageClass', undefined, name);
      if (!found)
        return cluster.existingStorage === undefined
          ? [`${label} has the StorageClass ${name}, which is not in dist: nothing says that it keeps disks`]
          : [];
      return textAt(found, 'reclaimPolicy') === 'Retain' ? [] : [`${label} has ${labelOf(found)}, which deletes disks`];
    }),
);

/** A volume is left out of all backups only by a decision with a stated reason. */
export const volumesBackedUp = invariant('every volume is in a backup or states why not', (cluster) =>
  volumesOf(cluster)
    .filter(
      ({ namespace, claim }) =>
        !ofKind(cluster, 'Schedule').some((schedule) => covers(schedule, namespace)) &&
        !textAt(claim, 'metadata', 'annotations', NO_BACKUP)?.trim(),
    )
    .map(({ label }) => `${label} is not in any backup`),
);

/** True if a Velero Schedule backs up the namespace including its pods and volume claims. */
function covers(schedule: Manifest, namespace: string): boolean {
  if (groupOf(schedule) !== 'velero.io' || at(schedule, 'spec', 'paused') === true) return false;
  const template = at(schedule, 'spec', 'template');
  const within = (field: string, name: string): boolean =>
    textsAt(template, field).some((n) => n === '*' || n === name);
  const kept = (kind: string): boolean =>
    (textsAt(template, 'includedResources').length === 0 || within('includedResources', kind)) &&
    !within('excludedResources', kind);
  return (
    within('includedNamespaces', namespace) &&
    !within('excludedNamespaces', namespace) &&
    ['pods', 'persistentvolumeclaims'].every(kept)
  );
}

/** A backup of a claim without its content restores an empty volume. */
export const contentBackedUp = invariant(
  'every backup copies the content of its volumes out of the cluster',
  (cluster) =>
    volumesOf(cluster).flatMap(({ owner, claim, label, namespace, volume }) => {
      const templates = ofKind(cluster, 'Schedule')
        .filter((s) => covers(s, namespace))
        .map((s) => at(s, 'spec', 'template'));
      if (templates.length === 0 || textAt(claim, 'metadata', 'annotations', NO_BACKUP)) return [];
      const is = (field: string): boolean => templates.some((template) => at(template, field) === true);
      // A snapshot alone is lost with the account or the disk that it is stored with.
      if (ofKind(cluster, 'VolumeSnapshotClass').length > 0)
        return is('snapshotVolumes') && is('snapshotMoveData')
          ? []
          : [`${label} is in a backup without CSI snapshot data movement`];
      const listed = (list: string): boolean =>
        mapAt(owner, 'spec', 'template', 'metadata', 'annotations')
          [`${VELERO}/${list}`]?.split(',')
          .includes(volume) === true;
      const copied = is('defaultVolumesToFsBackup') ? !listed('backup-volumes-excludes') : listed('backup-volumes');
      return copied ? [] : [`${label} is in a backup that copies none of its files`];
    }),
);

/** A hook for a missing container fails the backup; a missing volume is skipped silently. */
export const backupAnnotations = invariant(
  'backup hooks and volume lists name containers and volumes of their pod',
  (cluster) =>
    workloadPods(cluster).flatMap(({ annotations, spec, label, workload }) => {
      const containers = spec.containers.map(({ name }) => name);
      const volumes = new Set([
        ...(spec.volumes ?? []).map(({ name }) => name),
        ...listAt(workload, 'spec', 'volumeClaimTemplates').map((c) => textAt(c, 'metadata', 'name')),
      ]);
      const container = annotations[`pre.hook.${VELERO}/container`];
      const command = annotations[`pre.hook.${VELERO}/command`];
      const listed = ['backup-volumes', 'backup-volumes-excludes'].flatMap(
        (list) => annotations[`${VELERO}/${list}`]?.split(',') ?? [],
      );
      return [
        // Without the annotation, the hook runs in the first container.
        ...(command !== undefined && (container === undefined || !containers.includes(container))
          ? [`${label} has a backup hook for the container ${container ?? '(none)'}`]
          : []),
        ...(command !== undefined && annotations[`pre.hook.${VELERO}/on-error`] !== 'Fail'
          ? [`${label} has a backup hook without on-error: Fail`]
          : []),
        ...listed
          .filter((name) => !volumes.has(name))
          .map((name) => `${label} lists the volume "${name}" for backups, which it does not have`),
      ];
    }),
);

const VELERO = 'backup.velero.io';
