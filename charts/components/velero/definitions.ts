import { Definitions } from '../../lib/definitions.ts';

/** The custom resources of Velero. */
export function veleroDefinitions(revision: string): Definitions {
  return new Definitions('velero-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/vmware-tanzu/velero',
      revision,
      paths: ['config/crd/v1/bases', 'config/crd/v2alpha1/bases'],
      resources: {
        'velero.io': [
          'backuprepositories',
          'backups',
          'backupstoragelocations',
          'datadownloads',
          'datauploads',
          'deletebackuprequests',
          'downloadrequests',
          'podvolumebackups',
          'podvolumerestores',
          'restores',
          'schedules',
          'serverstatusrequests',
          'volumesnapshotlocations',
        ],
      },
    },
  });
}
