import { projectsExact, projectsExist, projectsStayHere } from '../projects.ts';
import { type Mutation, mutations } from './mutation.ts';

const WHITELIST = ['spec', 'namespaceResourceWhitelist'] as const;

/** What Argo CD lets through. */
export const projectsMutations: readonly Mutation[] = [
  ...mutations(projectsExact, {
    'a kind that is not allowed': [
      (d) => d.set(d.find('AppProject', 'apps'), [...WHITELIST], [{ group: '', kind: 'Service' }]),
      /^AppProject argocd\/apps does not allow the kind apps\/Deployment/,
    ],
    'a kind that nobody uses': [
      (d) => d.push(d.find('AppProject', 'apps'), [...WHITELIST], { group: '', kind: 'Secret' }),
      /allows the kind \/Secret, which nobody uses/,
    ],
    'every kind': [(d) => d.set(d.find('AppProject', 'apps'), [...WHITELIST], [{ group: '*', kind: '*' }]), /allows the kind \*\/\*/],
    'a cluster-wide kind': [
      (d) => d.push(d.find('AppProject', 'apps'), ['spec', 'clusterResourceWhitelist'], { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' }),
      /allows the cluster-wide kind rbac.authorization.k8s.io\/ClusterRole/,
    ],
    'a namespace of others': [
      (d) => d.push(d.find('AppProject', 'apps'), ['spec', 'destinations'], { namespace: 'kube-system', server: 'https://kubernetes.default.svc' }),
      /allows the namespace kube-system/,
    ],
    'a namespace that is left out': [(d) => d.drop(d.find('AppProject', 'apps'), 'spec', 'destinations', 0), /does not allow the namespace/],
    'any repository': [(d) => d.push(d.find('AppProject', 'apps'), ['spec', 'sourceRepos'], '*'), /allows the repository \*/],
    'no repository': [(d) => d.drop(d.find('AppProject', 'apps'), 'spec', 'sourceRepos', 0), /does not allow the repository/],
  }),
  ...mutations(projectsExist, {
    'the default project': [
      (d) => d.set(d.find('Application', 'whoami'), ['spec', 'project'], 'default'),
      /^Application argocd\/whoami is in project default, which does not exist/,
    ],
    'a project for nobody': [(d) => d.copy(d.find('AppProject', 'apps'), 'x'), /^AppProject argocd\/x has no Application/],
  }),
  ...mutations(projectsStayHere, {
    'any cluster': [(d) => d.set(d.find('AppProject', 'apps'), ['spec', 'destinations', 0, 'server'], '*'), /^AppProject argocd\/apps reaches \*/],
  }),
];
