import type { k8s } from 'cdk8s-plus-28';

const READ = ['get', 'list', 'watch'];
const EXTERNAL_SECRETS = 'external-secrets.io';
const GENERATORS = `generators.${EXTERNAL_SECRETS}`;
const OBJECTS = ['externalsecrets', 'clustersecretstores', 'pushsecrets'];

/** What the controller may do in the cluster, without the reconcilers that its flags switch off. */
export const CONTROLLER_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: [EXTERNAL_SECRETS], resources: OBJECTS, verbs: READ },
  {
    apiGroups: [EXTERNAL_SECRETS],
    // The objects themselves too, for their finalizers.
    resources: OBJECTS.flatMap((resource) => [resource, `${resource}/status`]),
    verbs: ['update', 'patch'],
  },
  { apiGroups: [GENERATORS], resources: ['passwords'], verbs: READ },
  // Its controller for the states of generators has no switch.
  { apiGroups: [GENERATORS], resources: ['generatorstates'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  // In every namespace: who uses the store is known, but a Role there would have to wait for the namespace, and its component for us.
  { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  // The store's conditions are checked against the namespaces.
  { apiGroups: [''], resources: ['namespaces'], verbs: READ },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** What leader election takes, in the controller's own namespace. */
export const LEADER_ELECTION_RULES: readonly k8s.PolicyRule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: ['external-secrets-controller'],
    verbs: ['get', 'update', 'patch'],
  },
];
