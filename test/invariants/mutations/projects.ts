import {
  projectsMinimal,
  projectsExist,
  projectsKinds,
  projectsOutliveApplications,
  projectsTargetOwnCluster,
} from '../projects.ts';
import { type Mutation, mutations } from './mutation.ts';

const ARGO_CD = { group: 'argoproj.io', kind: 'Application' };

/** AppProjects. */
export const projectsMutations: readonly Mutation[] = [
  ...mutations(projectsMinimal, {
    'AppProject with an unused cluster-scoped kind': [
      (d) =>
        d.push(d.find('AppProject', 'hello'), ['spec', 'clusterResourceWhitelist'], {
          group: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'hello',
        }),
      /allows rbac.authorization.k8s.io\/ClusterRole hello, which no Application uses/,
    ],
    'AppProject that allows any Namespace': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'clusterResourceWhitelist', 0, 'name'),
      /allows \/Namespace \(any name\), which no Application uses/,
    ],
    'AppProject that allows any Namespace by a pattern': [
      (d) => d.set(d.find('AppProject', 'hello'), ['spec', 'clusterResourceWhitelist', 0, 'name'], '*'),
      /allows \/Namespace \*, which no Application uses/,
    ],
    'AppProject that does not allow the Namespace of its component': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'clusterResourceWhitelist', 0),
      /does not allow \/Namespace hello, which is used/,
    ],
    'AppProject of definitions that allows any definition': [
      (d) => d.set(d.find('AppProject', 'cert-manager-crds'), ['spec', 'clusterResourceWhitelist', 0, 'name'], '*'),
      /allows .* \*, which no Application uses/,
    ],
    'AppProject with an unused namespace': [
      (d) =>
        d.push(d.find('AppProject', 'hello'), ['spec', 'destinations'], {
          namespace: 'kube-system',
          server: 'https://kubernetes.default.svc',
        }),
      /allows the namespace kube-system/,
    ],
    'AppProject without a used namespace': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'destinations', 0),
      /does not allow the namespace/,
    ],
    'AppProject with any repository': [
      (d) => d.push(d.find('AppProject', 'hello'), ['spec', 'sourceRepos'], '*'),
      /allows the repository \*/,
    ],
    'AppProject without its repository': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'sourceRepos', 0),
      /does not allow the repository/,
    ],
  }),
  ...mutations(projectsKinds, {
    'AppProject that forbids no kinds': [
      (d) => d.drop(d.find('AppProject', 'hello'), 'spec', 'namespaceResourceBlacklist'),
      /^AppProject argocd\/hello forbids the kinds \(none\)/,
    ],
    'AppProject that does not forbid AppProjects': [
      (d) => d.set(d.find('AppProject', 'hello'), ['spec', 'namespaceResourceBlacklist'], [ARGO_CD]),
      /forbids the kinds argoproj.io\/Application instead/,
    ],
    'root AppProject with an additional kind': [
      (d) =>
        d.push(d.find('AppProject', 'root'), ['spec', 'namespaceResourceWhitelist'], { group: '', kind: 'Secret' }),
      /^AppProject argocd\/root allows the kinds .*Secret/,
    ],
    'AppProject with a list of allowed kinds': [
      (d) =>
        d.set(d.find('AppProject', 'hello'), ['spec', 'namespaceResourceWhitelist'], [{ group: '', kind: 'Service' }]),
      /Argo CD would orphan objects of a kind that is no longer allowed/,
    ],
  }),
  ...mutations(projectsOutliveApplications, {
    'root Application with PruneLast': [
      (d) => d.push(d.find('Application', 'root'), ['spec', 'syncPolicy', 'syncOptions'], 'PruneLast=true'),
      /^Application argocd\/root prunes projects together/,
    ],
    'Application in the AppProject of another': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'project'], 'ledger'),
      /^Application argocd\/hello shares the project ledger/,
    ],
  }),
  ...mutations(projectsExist, {
    'Application in the default AppProject': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'project'], 'default'),
      /^Application argocd\/hello is in project default, which does not exist/,
    ],
    'AppProject without an Application': [
      (d) => d.copy(d.find('AppProject', 'hello'), 'x'),
      /^AppProject argocd\/x has no Application/,
    ],
  }),
  ...mutations(projectsTargetOwnCluster, {
    'AppProject with any cluster': [
      (d) => d.set(d.find('AppProject', 'hello'), ['spec', 'destinations', 0, 'server'], '*'),
      /^AppProject argocd\/hello allows deployment to \*/,
    ],
  }),
];
