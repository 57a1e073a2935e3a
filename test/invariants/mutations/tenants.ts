import { handedOutProjectsConfined, quotasHaveDefaults } from '../tenants.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Mutations of what confines tenants. */
export const tenantsMutations: readonly Mutation[] = [
  ...mutations(handedOutProjectsConfined, {
    'AppProject of a tenant with a cluster-scoped kind': [
      (d) =>
        d.push(d.find('AppProject', 'checkout.tenant'), ['spec', 'clusterResourceWhitelist'], {
          group: '',
          kind: 'Namespace',
        }),
      /^AppProject argocd\/checkout.tenant allows the cluster-scoped kind \/Namespace/,
    ],
    'AppProject of a tenant with every kind': [
      (d) => d.drop(d.find('AppProject', 'checkout.tenant'), 'spec', 'namespaceResourceWhitelist'),
      /^AppProject argocd\/checkout.tenant does not list the kinds that it permits/,
    ],
    'AppProject of a tenant with the kinds of a group': [
      (d) =>
        d.push(d.find('AppProject', 'checkout.tenant'), ['spec', 'namespaceResourceWhitelist'], {
          group: 'apps',
          kind: '*',
        }),
      /^AppProject argocd\/checkout.tenant allows the kind apps\/\*/,
    ],
    ...withKind('', 'ResourceQuota'),
    ...withKind('', 'Endpoints'),
    ...withKind('networking.k8s.io', 'NetworkPolicy'),
    ...withKind('acme.cert-manager.io', 'Order'),
    ...withKind('external-secrets.io', 'ExternalSecret'),
    ...withKind('argoproj.io', 'Application'),
    'AppProject of a tenant with the namespace of a component': [
      (d) => d.set(d.find('AppProject', 'checkout.tenant'), ['spec', 'destinations', 0, 'namespace'], 'mongo'),
      /^AppProject argocd\/checkout.tenant allows the namespace mongo, which has no quota/,
    ],
    'AppProject of a tenant with any namespace': [
      (d) => d.set(d.find('AppProject', 'checkout.tenant'), ['spec', 'destinations', 0, 'namespace'], '*'),
      /^AppProject argocd\/checkout.tenant allows the namespace \*, which has no quota/,
    ],
    'namespace of a tenant without a quota of all pods': [
      (d) => d.remove(d.find('ResourceQuota', 'tenant')),
      /^AppProject argocd\/checkout.tenant allows the namespace checkout, which has no quota/,
    ],
    'namespace of a tenant with a quota for some priority classes': [
      (d) =>
        d.set(d.find('ResourceQuota', 'tenant-priority'), ['spec', 'scopeSelector', 'matchExpressions', 0], {
          scopeName: 'PriorityClass',
          operator: 'In',
          values: ['low'],
        }),
      /^AppProject argocd\/checkout.tenant allows the namespace checkout, whose pods may have any priority/,
    ],
    'AppProject of a tenant with any repository': [
      (d) => d.set(d.find('AppProject', 'checkout.tenant'), ['spec', 'sourceRepos', 0], 'https://github.com/*'),
      /^AppProject argocd\/checkout.tenant allows the repositories https:/,
    ],
  }),
  ...mutations(quotasHaveDefaults, {
    'quota without defaults for containers': [
      (d) => d.remove(d.find('LimitRange')),
      /^ResourceQuota checkout\/tenant has no LimitRange beside it/,
    ],
  }),
];

/** A tenant's project that permits a kind of those that widen. */
function withKind(group: string, kind: string): Parameters<typeof mutations>[1] {
  return {
    [`AppProject of a tenant with the kind ${kind}`]: [
      (d) => d.push(d.find('AppProject', 'checkout.tenant'), ['spec', 'namespaceResourceWhitelist'], { group, kind }),
      new RegExp(`^AppProject argocd/checkout.tenant allows the kind ${group}/${kind}`),
    ],
  };
}
