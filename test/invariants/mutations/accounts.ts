import { at } from '../../../charts/lib/manifest.ts';
import { accountsUsed, noWildcards, ownAccounts, rightsHaveOwners, tokens } from '../accounts.ts';
import { type Mutation, mutations, POD } from './mutation.ts';

/** What a pod may do with the API. */
export const accountsMutations: readonly Mutation[] = [
  ...mutations(ownAccounts, {
    'no account': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'serviceAccountName'),
      /^Deployment .* runs as the ServiceAccount default/,
    ],
    'the default account': [
      (d) => d.set(d.find('Job'), [...POD, 'serviceAccountName'], 'default'),
      /^Job .* runs as the ServiceAccount default/,
    ],
    "another workload's account": [
      (d) => d.set(d.find('Job', 'mongo-setup'), [...POD, 'serviceAccountName'], 'mongo'),
      /^Job mongo\/mongo-setup shares the ServiceAccount mongo/,
    ],
  }),
  ...mutations(tokens, {
    'a token for nothing': [
      (d) => d.set(d.find('Deployment', 'hello'), [...POD, 'automountServiceAccountToken'], true),
      /^Deployment hello\/hello mounts a token that gives no rights/,
    ],
    'nothing said': [
      (d) => d.drop(d.find('Deployment'), ...POD, 'automountServiceAccountToken'),
      /^Deployment .* does not say whether a token/,
    ],
    'rights gone': [
      (d) => d.remove(d.find('ClusterRoleBinding', 'gateway')),
      /^Deployment gateway\/gateway mounts a token that gives no rights/,
    ],
    'an account that mounts': [
      (d) => d.drop(d.find('ServiceAccount', 'hello'), 'automountServiceAccountToken'),
      /^ServiceAccount hello\/hello has its token mounted/,
    ],
  }),
  ...mutations(accountsUsed, {
    'an account for nobody': [
      (d) => d.copy(d.find('ServiceAccount', 'hello'), 'x'),
      /^ServiceAccount hello\/x is used by no pod/,
    ],
    'an account whose store is gone': [
      (d) => d.remove(d.find('ClusterSecretStore', (m) => at(m, 'spec', 'provider', 'kubernetes') !== undefined)),
      /^ServiceAccount secret-store\/secret-store is used by no pod/,
    ],
  }),
  ...mutations(noWildcards, {
    'every verb': [
      (d) => d.set(d.find('ClusterRole'), ['rules', 0, 'verbs'], ['*']),
      /^ClusterRole .* gives all verbs/,
    ],
    'every resource': [(d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['*']), /^Role .* gives all resources/],
    'every subresource': [
      (d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['pods/*']),
      /^Role .* gives all resources/,
    ],
    'every group': [
      (d) => d.set(d.find('ClusterRole'), ['rules', 0, 'apiGroups'], ['*']),
      /^ClusterRole .* gives all apiGroups/,
    ],
    'a way to other rights': [
      (d) => d.push(d.find('ClusterRole'), ['rules', 0, 'verbs'], 'impersonate'),
      /gives the verb impersonate/,
    ],
    'everything by another role': [
      (d) => d.set(d.find('ClusterRoleBinding', 'gateway'), ['roleRef', 'name'], 'cluster-admin'),
      /^ClusterRoleBinding gateway gives cluster-admin/,
    ],
  }),
  ...mutations(rightsHaveOwners, {
    'a role for nobody': [
      (d) => d.remove(d.find('ClusterRoleBinding', 'gateway')),
      /^ClusterRole gateway is given to nobody/,
    ],
    'a role no longer aggregated': [
      (d) =>
        d.drop(
          d.find('ClusterRole', 'metrics-server-view'),
          'metadata',
          'labels',
          'rbac.authorization.k8s.io/aggregate-to-view',
        ),
      /^ClusterRole metrics-server-view is given to nobody/,
    ],
    'a subject that is not there': [
      (d) => d.set(d.find('RoleBinding'), ['subjects', 0, 'name'], 'x'),
      /^RoleBinding .* gives to ServiceAccount .*\/x, which does not exist/,
    ],
    'a user': [
      (d) => d.set(d.find('RoleBinding'), ['subjects', 0], { kind: 'Group', name: 'system:authenticated' }),
      /gives to Group system:authenticated/,
    ],
    'no subject': [(d) => d.drop(d.find('RoleBinding'), 'subjects', 0), /^RoleBinding .* gives to nobody/],
    'a role that is not there': [
      (d) => d.set(d.find('ClusterRoleBinding'), ['roleRef', 'name'], 'x'),
      /^ClusterRoleBinding .* gives ClusterRole x, which does not exist/,
    ],
  }),
];
