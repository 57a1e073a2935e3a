import { at } from '../../../charts/lib/manifest.ts';
import { accountsUsed, noWildcards, ownAccounts, rolesBound, tokens } from '../accounts.ts';
import { type Mutation, mutations, POD } from './mutation.ts';

/** ServiceAccounts and RBAC. */
export const accountsMutations: readonly Mutation[] = [
  ...mutations(ownAccounts, {
    'Deployment without a ServiceAccount': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'serviceAccountName'),
      /^Deployment .* runs as the default ServiceAccount/,
    ],
    'Job with the default ServiceAccount': [
      (d) => d.set(d.find('Job'), [...POD, 'serviceAccountName'], 'default'),
      /^Job .* runs as the default ServiceAccount/,
    ],
    "Job with another workload's ServiceAccount": [
      (d) => d.set(d.find('Job', 'mongo-setup'), [...POD, 'serviceAccountName'], 'mongo'),
      /^Job mongo\/mongo-setup shares the ServiceAccount mongo/,
    ],
  }),
  ...mutations(tokens, {
    'token mounted without RBAC permissions': [
      (d) => d.set(d.find('Deployment', 'hello'), [...POD, 'automountServiceAccountToken'], true),
      /^Deployment hello\/hello mounts a token without RBAC permissions/,
    ],
    'Deployment without automountServiceAccountToken': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'automountServiceAccountToken'),
      /^Deployment .* does not set automountServiceAccountToken/,
    ],
    'token mounted without a ClusterRoleBinding': [
      (d) => d.remove(d.find('ClusterRoleBinding', 'external-dns')),
      /^Deployment external-dns\/external-dns mounts a token without RBAC permissions/,
    ],
    'ServiceAccount without automountServiceAccountToken': [
      (d) => d.drop(d.find('ServiceAccount', 'hello'), 'automountServiceAccountToken'),
      /^ServiceAccount hello\/hello does not set automountServiceAccountToken to false/,
    ],
  }),
  ...mutations(accountsUsed, {
    'unused ServiceAccount': [
      (d) => d.copy(d.find('ServiceAccount', 'hello'), 'x'),
      /^ServiceAccount hello\/x is not used by any pod/,
    ],
    'ServiceAccount of a missing ClusterSecretStore': [
      (d) => d.remove(d.find('ClusterSecretStore', (m) => at(m, 'spec', 'provider', 'kubernetes') !== undefined)),
      /^ServiceAccount secret-store\/secret-store is not used by any pod/,
    ],
  }),
  ...mutations(noWildcards, {
    'wildcard in verbs': [
      (d) => d.set(d.find('ClusterRole'), ['rules', 0, 'verbs'], ['*']),
      /^ClusterRole .* grants all verbs/,
    ],
    'wildcard in resources': [
      (d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['*']),
      /^Role .* grants all resources/,
    ],
    'wildcard in subresources': [
      (d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['pods/*']),
      /^Role .* grants all resources/,
    ],
    'wildcard in apiGroups': [
      (d) => d.set(d.find('ClusterRole'), ['rules', 0, 'apiGroups'], ['*']),
      /^ClusterRole .* grants all apiGroups/,
    ],
    'impersonate verb': [
      (d) => d.push(d.find('ClusterRole'), ['rules', 0, 'verbs'], 'impersonate'),
      /grants the verb impersonate/,
    ],
    'binding to cluster-admin': [
      (d) => d.set(d.find('ClusterRoleBinding', 'gateway'), ['roleRef', 'name'], 'cluster-admin'),
      /^ClusterRoleBinding gateway grants cluster-admin/,
    ],
  }),
  ...mutations(rolesBound, {
    'ClusterRole without a binding': [
      (d) => d.remove(d.find('ClusterRoleBinding', 'gateway')),
      /^ClusterRole gateway is not bound/,
    ],
    'ClusterRole without its aggregation label': [
      (d) => d.set(d.find('ClusterRole', 'metrics-server-view'), ['metadata', 'labels'], {}),
      /^ClusterRole metrics-server-view is not bound/,
    ],
    'RoleBinding to a missing ServiceAccount': [
      (d) => d.set(d.find('RoleBinding'), ['subjects', 0, 'name'], 'x'),
      /^RoleBinding .* binds ServiceAccount .*\/x, which does not exist/,
    ],
    'RoleBinding to a Group': [
      (d) => d.set(d.find('RoleBinding'), ['subjects', 0], { kind: 'Group', name: 'system:authenticated' }),
      /binds Group system:authenticated/,
    ],
    'RoleBinding of a tenant to everyone': [
      (d) => d.set(d.find('RoleBinding', 'tenant'), ['subjects', 0, 'name'], 'system:authenticated'),
      /^RoleBinding checkout\/tenant binds Group system:authenticated/,
    ],
    'RoleBinding without subjects': [
      (d) => d.drop(d.find('RoleBinding'), 'subjects', 0),
      /^RoleBinding .* has no subjects/,
    ],
    'ClusterRoleBinding to a missing ClusterRole': [
      (d) => d.set(d.find('ClusterRoleBinding'), ['roleRef', 'name'], 'x'),
      /^ClusterRoleBinding .* refers to ClusterRole x, which does not exist/,
    ],
  }),
];
