import type { k8s } from 'cdk8s-plus-28';
import type { Upstream } from '../../upstream/upstream.ts';

const READ = ['get', 'list', 'watch'];
const VELERO = 'velero.io';
const SNAPSHOTS = 'snapshot.storage.k8s.io';

/** Data transfers: one object per volume and run. */
const TRANSFERS = ['datadownloads', 'datauploads', 'podvolumebackups', 'podvolumerestores'];

/**
 * The server's own resources. Redundant to its binding to cluster-admin, which is what upstream's installation gives it:
 * a restore creates objects of any kind. The order derives from them what it controls.
 */
export function serverRules(upstream: Upstream): k8s.PolicyRule[] {
  const because = 'cluster-admin has it: these rules only name what is its own';
  return upstream.rules(['velero-perms'], {
    without: [
      { resources: ['configmaps', 'secrets', 'persistentvolumes', 'pods'], because },
      { resources: ['persistentvolumerclaims'], because: 'there is no such resource' },
    ],
  });
}

/** Permissions of the node agent and the pods that it starts, in Velero's namespace. */
export const NODE_AGENT_RULES: readonly k8s.PolicyRule[] = [
  // They have no status subresource.
  { apiGroups: [VELERO], resources: TRANSFERS, verbs: [...READ, 'update', 'patch'] },
  // The first transfer of a namespace creates its repository.
  { apiGroups: [VELERO], resources: ['backuprepositories'], verbs: [...READ, 'create'] },
  { apiGroups: [VELERO], resources: ['backupstoragelocations'], verbs: READ },
  // Password of the repositories, access keys of a local object store, and its own configuration.
  { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods', 'persistentvolumeclaims'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  // Data mover pods report progress as Events.
  { apiGroups: [''], resources: ['events'], verbs: [...READ, 'create', 'patch'] },
  // Data mover pods are derived from its own template.
  { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] },
];

/** Cluster-wide permissions of the node agent. */
export const NODE_AGENT_CLUSTER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: READ },
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] },
  // A restored volume is bound to the pending claim.
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...READ, 'patch'] },
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: [...READ, 'patch', 'delete'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
  { apiGroups: ['storage.k8s.io'], resources: ['csidrivers', 'volumeattachments'], verbs: ['list'] },
];

/** Further permissions for snapshots, which are re-created in Velero's namespace. */
export const SNAPSHOT_CLUSTER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [SNAPSHOTS], resources: ['volumesnapshots'], verbs: ['get', 'create', 'delete'] },
  {
    apiGroups: [SNAPSHOTS],
    resources: ['volumesnapshotcontents'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
  },
];
