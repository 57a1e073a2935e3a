/**
 * The order in which Argo CD applies kinds within one sync wave; all other kinds come last
 * (gitops-engine, pkg/sync/sync_tasks.go).
 */
const KINDS = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];

const RANK: ReadonlyMap<string, number> = new Map(KINDS.map((kind, i) => [kind, i]));

/** True if Argo CD applies kind `first` before kind `second` in the same wave; unranked kinds are equal. */
export function appliedBefore(first: string, second: string): boolean {
  return (RANK.get(first) ?? KINDS.length) < (RANK.get(second) ?? KINDS.length);
}
