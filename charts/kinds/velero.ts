import { custom, type CustomDeclaration, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'velero.io';

/** Velero's definitions. */
export const VELERO_UPSTREAM: UpstreamDefinitions = {
  name: 'velero-crds',
  repository: 'https://github.com/vmware-tanzu/velero',
  paths: ['config/crd/v1/bases', 'config/crd/v2alpha1/bases'],
};

const backups = (kind: string, declaration: Partial<CustomDeclaration> = {}) =>
  custom(GROUP, kind, {
    scope: 'namespaced',
    offers: 'once healthy',
    schema: 'api server',
    upstream: VELERO_UPSTREAM,
    ...declaration,
  });

/** Health check: a backup location is healthy once Velero could reach it; Argo CD has no built-in check for it. */
const BACKUP_LOCATION_HEALTH = `local health = { status = "Progressing", message = "not validated yet" }
if obj.status ~= nil and obj.status.phase == "Available" then
  health.status = "Healthy"
  health.message = ""
elseif obj.status ~= nil and obj.status.phase == "Unavailable" then
  health.status = "Degraded"
  health.message = obj.status.message
end
return health
`;

/** Backups, schedules and locations. */
export const velero = [
  backups('BackupStorageLocation', {
    references: { 'spec.credential': { to: 'Secret', key: 'key' } },
    health: BACKUP_LOCATION_HEALTH,
  }),
  backups('Schedule', {
    references: {
      'spec.template.storageLocation': `${GROUP}/BackupStorageLocation`,
      'spec.template.includedNamespaces[]': { to: 'Namespace', when: 'eventually' },
    },
  }),
  backups('VolumeSnapshotLocation', { references: { 'spec.credential': { to: 'Secret', key: 'key' } } }),
  // Created by Velero and its users; never rendered.
  ...[
    'Backup',
    'BackupRepository',
    'DeleteBackupRequest',
    'DownloadRequest',
    'PodVolumeBackup',
    'PodVolumeRestore',
    'Restore',
    'ServerStatusRequest',
  ].map((kind) => backups(kind)),
  ...['DataDownload', 'DataUpload'].map((kind) => backups(kind, { versions: ['v2alpha1'] })),
];
