import { custom } from './kind.ts';

const GROUP = 'snapshot.storage.k8s.io';

/** Volume snapshots; the cloud or bootstrap installs their definitions. */
export const volumeSnapshots = [
  custom(GROUP, 'VolumeSnapshot', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: {
      'spec.volumeSnapshotClassName': `${GROUP}/VolumeSnapshotClass`,
      'spec.source.persistentVolumeClaimName': 'PersistentVolumeClaim',
      'spec.source.volumeSnapshotContentName': `${GROUP}/VolumeSnapshotContent`,
    },
    schema: 'api server',
  }),
  custom(GROUP, 'VolumeSnapshotClass', {
    scope: 'cluster',
    offers: 'at once',
    schema: 'api server',
  }),
  custom(GROUP, 'VolumeSnapshotContent', { scope: 'cluster', offers: 'once healthy', schema: 'api server' }),
];
