import { projectsExact, projectsExist, projectsKinds, projectsOutlast, projectsStayHere } from '../projects.ts';
import { type Mutation, mutations } from './mutation.ts';

const ARGO_CD = { group: 'argoproj.io', kind: 'Application' };

/** What Argo CD lets through. */
export const projectsMutations: readonly Mutation[] = [
  ...mutations(projectsExact, {
    'a cluster-wide kind': [
      (d) =>
        d.push(d.find('AppProject', 'hello'), ['spec', 'clusterResourceWhitelist'], {
          group: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
        }),
      /allows the cluster-wide kind rbac.authorization.k8s.io\/ClusterRole/,
    ],
    'a namespace of others': [
      (d) =>
        d.push(d.find('AppProject', 'hello'), ['spec', 'destinations'], {
          namespace: 'kube-system',
          server: 'https://kubernetes.default.svc',
        }),
      /allows the namespace kube-system/,
    ],
    'a namespace that is left out': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'destinations', 0),
      /does not allow the namespace/,
    ],
    'any repository': [
      (d) => d.push(d.find('AppProject', 'hello'), ['spec', 'sourceRepos'], '*'),
      /allows the repository \*/,
    ],
    'no repository': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'sourceRepos', 0),
      /does not allow the repository/,
    ],
  }),
  ...mutations(projectsKinds, {
    'Applications for all': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'namespaceResourceBlacklist'),
      /^AppProject argocd\/hello forbids the kinds \(none\)/,
    ],
    'projects for all': [
      (d) => d.set(d.find('AppProject', 'hello'), ['spec', 'namespaceResourceBlacklist'], [ARGO_CD]),
      /forbids the kinds argoproj.io\/Application instead/,
    ],
    'a root that writes more': [
      (d) =>
        d.push(d.find('AppProject', 'root'), ['spec', 'namespaceResourceWhitelist'], { group: '', kind: 'Secret' }),
      /^AppProject argocd\/root allows the kinds .*Secret/,
    ],
    'a list of kinds': [
      (d) =>
        d.set(d.find('AppProject', 'hello'), ['spec', 'namespaceResourceWhitelist'], [{ group: '', kind: 'Service' }]),
      /one that is switched off would stay behind/,
    ],
  }),
  ...mutations(projectsOutlast, {
    'projects that go at once': [
      (d) => d.push(d.find('Application', 'root'), ['spec', 'syncPolicy', 'syncOptions'], 'PruneLast=true'),
      /^Application argocd\/root prunes projects together/,
    ],
    'a shared project': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'project'], 'ledger'),
      /^Application argocd\/hello shares the project ledger/,
    ],
  }),
  ...mutations(projectsExist, {
    'the default project': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'project'], 'default'),
      /^Application argocd\/hello is in project default, which does not exist/,
    ],
    'a project for nobody': [
      (d) => d.copy(d.find('AppProject', 'hello'), 'x'),
      /^AppProject argocd\/x has no Application/,
    ],
  }),
  ...mutations(projectsStayHere, {
    'any cluster': [
      (d) => d.set(d.find('AppProject', 'hello'), ['spec', 'destinations', 0, 'server'], '*'),
      /^AppProject argocd\/hello reaches \*/,
    ],
  }),
];
