import type { k8s } from 'cdk8s-plus-28';
import type { GroupKind } from '../../lib/argo.ts';

const READ = ['get', 'list', 'watch'];
const EDIT = [...READ, 'create', 'update', 'patch', 'delete'];

/**
 * What a tenant's group may do in its namespaces with kubectl. It is less than the ClusterRole `edit`:
 *
 * - no Secrets, whose values a running pod reads but a person need not
 * - no impersonation of ServiceAccounts, and no tokens for them
 * - volumes can be created but not deleted
 * - what limits the tenant can be read but not changed
 */
export const DEVELOPER_RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps', 'services'], verbs: EDIT },
  { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: READ },
  { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...READ, 'create'] },
  {
    apiGroups: [''],
    resources: ['endpoints', 'events', 'limitranges', 'resourcequotas', 'serviceaccounts'],
    verbs: READ,
  },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: EDIT },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: READ },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: EDIT },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: EDIT },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: EDIT },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: EDIT },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
];

/**
 * Namespaced kinds that a tenant's Applications must not sync, because they would widen what the tenant was given: its
 * quota, its network, its permissions, and hosts other than its own. Argo CD's own kinds are forbidden to every
 * component.
 */
export const FORBIDDEN_KINDS: readonly GroupKind[] = [
  { group: '', kind: 'LimitRange' },
  { group: '', kind: 'ResourceQuota' },
  { group: 'cert-manager.io', kind: 'Certificate' },
  { group: 'cert-manager.io', kind: 'CertificateRequest' },
  { group: 'gateway.networking.k8s.io', kind: 'Gateway' },
  { group: 'gateway.networking.k8s.io', kind: 'ListenerSet' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
];
