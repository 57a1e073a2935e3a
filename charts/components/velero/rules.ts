import type { k8s } from 'cdk8s-plus-28';

const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete'];
const VELERO = 'velero.io';
const SNAPSHOTS = 'snapshot.storage.k8s.io';

/** What moves data: one object for each volume and run. */
const TRANSFERS = ['datadownloads', 'datauploads', 'podvolumebackups', 'podvolumerestores'];
const OWN = [
  ...TRANSFERS,
  'backuprepositories',
  'backups',
  'backupstoragelocations',
  'deletebackuprequests',
  'downloadrequests',
  'restores',
  'schedules',
  'serverstatusrequests',
  'volumesnapshotlocations',
];

/** The server's own resources. Being bound to cluster-admin it has these rights anyway; here they say what it is the controller of. */
export const SERVER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [VELERO], resources: OWN, verbs: WRITE },
  { apiGroups: [VELERO], resources: OWN.map((resource) => `${resource}/status`), verbs: ['get', 'update', 'patch'] },
];

/** What the node agent and the pods that it starts do in Velero's namespace. */
export const NODE_AGENT_RULES: readonly k8s.PolicyRule[] = [
  // Their status is no resource of its own.
  { apiGroups: [VELERO], resources: TRANSFERS, verbs: [...READ, 'update', 'patch'] },
  // The first transfer of a namespace makes its repository.
  { apiGroups: [VELERO], resources: ['backuprepositories'], verbs: [...READ, 'create'] },
  { apiGroups: [VELERO], resources: ['backupstoragelocations'], verbs: READ },
  // The repositories' password, access keys of a local object store, and its own settings.
  { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  // The pods report their progress by events.
  { apiGroups: [''], resources: ['events'], verbs: [...READ, 'create', 'patch'] },
  // The pods that it starts are made of its own template.
  { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] },
];

/** What the node agent does in the whole cluster. */
export const NODE_AGENT_CLUSTER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: READ },
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] },
  // A restored volume is bound to the claim that waits for it.
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...READ, 'patch'] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...READ, 'patch', 'delete'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
  { apiGroups: ['storage.k8s.io'], resources: ['csidrivers', 'volumeattachments'], verbs: ['list'] },
];

/** The same for snapshots, each of which is handed over from the volume's namespace to Velero's. */
export const SNAPSHOT_CLUSTER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [SNAPSHOTS], resources: ['volumesnapshots'], verbs: ['get', 'create', 'delete'] },
  {
    apiGroups: [SNAPSHOTS],
    resources: ['volumesnapshotcontents'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
  },
];
