import { applicationSources, namespacesGuarded, oneApplicationEach, rootLeavesPauses, syncPolicies, upstreamPinned } from '../applications.ts';
import { projectsExact, projectsExist, projectsStayHere } from '../projects.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';
const WHITELIST = ['spec', 'namespaceResourceWhitelist'] as const;

/** What Argo CD reads, how it syncs, and by whose leave. */
export const applicationMutations: readonly Mutation[] = [
  ...mutations(oneApplicationEach, {
    'a component without one': [(d) => d.remove(d.find('Application', 'whoami')), /^component whoami has no Application/],
    'one without a component': [(d) => d.copy(d.find('Application', 'whoami'), 'x'), /^Application x has no component/],
    'definitions without one': [(d) => d.remove(d.find('Application', 'cert-manager-crds')), /^component cert-manager-crds has no Application/],
    'no root': [(d) => d.remove(d.find('Application', 'root')), /^component root has no Application/],
  }),
  ...mutations(applicationSources, {
    'another folder': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'source', 'path'], 'dist/x/whoami'), /^Application argocd\/whoami reads dist\/x\/whoami instead of/],
    'another commit': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'source', 'targetRevision'], 'next'), /has another targetRevision than the root/],
    'another repository': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'source', 'repoURL'], 'https://example.com/x.git'), /has another repoURL than the root/],
    'a folder that is gone': [(d) => d.removeComponent('whoami'), /^Application argocd\/whoami reads a folder that does not exist/],
    'two sources': [
      (d) => {
        const application = d.find('Application', 'whoami');
        const source = (application['spec'] as { source: unknown }).source;
        d.set(application, ['spec', 'sources'], [source, source]);
        d.drop(application, 'spec', 'source');
      },
      /has more than one source/,
    ],
    'made anew by every commit': [(d) => d.drop(d.find('Application', 'whoami'), 'metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'), /is generated anew by changes to anything/],
    'not made anew': [(d) => d.set(d.find('Application', 'whoami'), ['metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'], '/dist/x'), /is generated anew by changes to \/dist\/x/],
  }),
  ...mutations(upstreamPinned, {
    'a branch': [(d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'source', 'targetRevision'], 'master'), /follows master, which is no released version/],
    'all of it': [(d) => d.drop(d.find('Application', 'cert-manager-crds'), 'spec', 'source', 'path'), /reads the whole repository/],
  }),
  ...mutations(syncPolicies, {
    'changes by hand that stay': [(d) => d.drop(d.find('Application', 'whoami'), 'spec', 'syncPolicy', 'automated', 'selfHeal'), /does not heal itself/],
    'leftovers': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'syncPolicy', 'automated', 'prune'], false), /does not prune/],
    'definitions that go': [(d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'syncPolicy', 'automated', 'prune'], true), /prunes definitions/],
    'everything at once': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'syncPolicy', 'automated', 'allowEmpty'], true), /may prune everything at once/],
    'the client side': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'syncPolicy', 'syncOptions'], ['FailOnSharedResource=true']), /is synced without ServerSideApply=true/],
    'shared objects': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']), /is synced without FailOnSharedResource=true/],
    'one try': [(d) => d.drop(d.find('Application', 'whoami'), 'spec', 'syncPolicy', 'retry'), /does not try again/],
    "the client's differences": [(d) => d.drop(d.find('Application', 'whoami'), 'metadata', 'annotations', 'argocd.argoproj.io/compare-options'), /is compared without the server's defaults/],
    'another cluster': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'destination', 'server'], 'https://x'), /is for another cluster/],
  }),
  ...mutations(rootLeavesPauses, {
    'a pause that is undone': [(d) => d.drop(d.find('Application', 'root'), 'spec', 'ignoreDifferences'), /does not ignore \/spec\/syncPolicy\/automated/],
    'a pause that is hidden and undone': [(d) => d.set(d.find('Application', 'root'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']), /undoes differences that it ignores/],
  }),
  ...mutations(namespacesGuarded, {
    'a namespace that goes unasked': [(d) => d.drop(d.find('Namespace', 'whoami'), 'metadata', 'annotations', OPTIONS), /^Namespace whoami may be pruned or deleted unasked/],
    'deleted unasked': [(d) => d.set(d.find('Namespace', 'whoami'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm'), /^Namespace whoami/],
  }),
  ...mutations(projectsExact, {
    'a kind that is not allowed': [(d) => d.set(d.find('AppProject', 'apps'), [...WHITELIST], [{ group: '', kind: 'Service' }]), /^AppProject argocd\/apps does not allow the kind apps\/Deployment/],
    'a kind that nobody uses': [(d) => d.push(d.find('AppProject', 'apps'), [...WHITELIST], { group: '', kind: 'Secret' }), /allows the kind \/Secret, which nobody uses/],
    'every kind': [(d) => d.set(d.find('AppProject', 'apps'), [...WHITELIST], [{ group: '*', kind: '*' }]), /allows the kind \*\/\*/],
    'a cluster-wide kind': [(d) => d.push(d.find('AppProject', 'apps'), ['spec', 'clusterResourceWhitelist'], { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' }), /allows the cluster-wide kind rbac.authorization.k8s.io\/ClusterRole/],
    'a namespace of others': [(d) => d.push(d.find('AppProject', 'apps'), ['spec', 'destinations'], { namespace: 'kube-system', server: 'https://kubernetes.default.svc' }), /allows the namespace kube-system/],
    'a namespace that is left out': [(d) => d.drop(d.find('AppProject', 'apps'), 'spec', 'destinations', 0), /does not allow the namespace/],
    'any repository': [(d) => d.push(d.find('AppProject', 'apps'), ['spec', 'sourceRepos'], '*'), /allows the repository \*/],
    'no repository': [(d) => d.drop(d.find('AppProject', 'apps'), 'spec', 'sourceRepos', 0), /does not allow the repository/],
  }),
  ...mutations(projectsExist, {
    'the default project': [(d) => d.set(d.find('Application', 'whoami'), ['spec', 'project'], 'default'), /^Application argocd\/whoami is in project default, which does not exist/],
    'a project for nobody': [(d) => d.copy(d.find('AppProject', 'apps'), 'x'), /^AppProject argocd\/x has no Application/],
  }),
  ...mutations(projectsStayHere, {
    'any cluster': [(d) => d.set(d.find('AppProject', 'apps'), ['spec', 'destinations', 0, 'server'], '*'), /^AppProject argocd\/apps reaches \*/],
  }),
];
