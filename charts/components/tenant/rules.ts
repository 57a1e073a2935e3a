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
 * Namespaced kinds that a tenant's Applications may sync. Absent are those that would widen what the tenant was given:
 *
 * - its quota, its network and its permissions
 * - Certificates, and the requests and ACME orders behind them, which an issuer of the cluster would sign for any host
 * - Endpoints and EndpointSlices, through which the gateway could be led to pods of others
 * - Argo CD's own
 */
export const TENANT_KINDS: readonly GroupKind[] = [
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'PersistentVolumeClaim' },
  // Argo CD shows an object that a permitted one creates only if its kind is permitted too.
  { group: '', kind: 'Pod' },
  { group: '', kind: 'Secret' },
  { group: '', kind: 'Service' },
  { group: '', kind: 'ServiceAccount' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'apps', kind: 'StatefulSet' },
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'batch', kind: 'CronJob' },
  { group: 'batch', kind: 'Job' },
  { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' },
  { group: 'policy', kind: 'PodDisruptionBudget' },
];
