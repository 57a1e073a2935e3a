import type { k8s } from 'cdk8s-plus-28';

const READ = ['get', 'list', 'watch'];
const EXTERNAL_SECRETS = 'external-secrets.io';
const GENERATORS = `generators.${EXTERNAL_SECRETS}`;
const OBJECTS = ['externalsecrets', 'clustersecretstores', 'pushsecrets'];

/** Cluster-wide permissions of the controller, without those of the reconcilers that its flags disable. */
export const CONTROLLER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [EXTERNAL_SECRETS], resources: OBJECTS, verbs: READ },
  {
    apiGroups: [EXTERNAL_SECRETS],
    // Not only their status: the controller sets finalizers.
    resources: OBJECTS.flatMap((resource) => [resource, `${resource}/status`]),
    verbs: ['update', 'patch'],
  },
  { apiGroups: [GENERATORS], resources: ['passwords'], verbs: READ },
  // The reconciler of GeneratorStates cannot be disabled.
  { apiGroups: [GENERATORS], resources: ['generatorstates'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  // Cluster-wide: a Role in each namespace that uses the store would be a cyclic dependency with its component.
  { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  // For the conditions of the store.
  { apiGroups: [''], resources: ['namespaces'], verbs: READ },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Leader election, in the controller's namespace. */
export const LEADER_ELECTION_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: ['external-secrets-controller'],
    verbs: ['get', 'update', 'patch'],
  },
];
