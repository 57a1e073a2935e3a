import {
  applicationSources,
  cascades,
  namespacesGuarded,
  oneApplicationEach,
  rootLeavesPauses,
  syncPolicies,
  upstreamPinned,
} from '../applications.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';

/** What Argo CD reads, and how it syncs. */
export const applicationsMutations: readonly Mutation[] = [
  ...mutations(oneApplicationEach, {
    'a component without one': [(d) => d.remove(d.find('Application', 'hello')), /^component hello has no Application/],
    'one without a component': [(d) => d.copy(d.find('Application', 'hello'), 'x'), /^Application x has no component/],
    'definitions without one': [
      (d) => d.remove(d.find('Application', 'cert-manager-crds')),
      /^component cert-manager-crds has no Application/,
    ],
    'no root': [(d) => d.remove(d.find('Application', 'root')), /^component root has no Application/],
  }),
  ...mutations(applicationSources, {
    'another folder': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'path'], 'dist/x/hello'),
      /^Application argocd\/hello reads dist\/x\/hello instead of/,
    ],
    'another commit': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'targetRevision'], 'next'),
      /has another targetRevision than the root/,
    ],
    'another repository': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'repoURL'], 'https://example.com/x.git'),
      /has another repoURL than the root/,
    ],
    'a folder that is gone': [
      (d) => d.removeComponent('hello'),
      /^Application argocd\/hello reads a folder that does not exist/,
    ],
    'two sources': [
      (d) => {
        const application = d.find('Application', 'hello');
        const source = (application['spec'] as { source: unknown }).source;
        d.set(application, ['spec', 'sources'], [source, source]);
        d.drop(application, 'spec', 'source');
      },
      /has more than one source/,
    ],
    'made anew by every commit': [
      (d) =>
        d.drop(d.find('Application', 'hello'), 'metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'),
      /is generated anew by changes to anything/,
    ],
    'not made anew': [
      (d) =>
        d.set(
          d.find('Application', 'hello'),
          ['metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'],
          '/dist/x',
        ),
      /is generated anew by changes to \/dist\/x/,
    ],
  }),
  ...mutations(upstreamPinned, {
    'a branch': [
      (d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'source', 'targetRevision'], 'master'),
      /follows master, which is no released version/,
    ],
    'all of it': [
      (d) => d.drop(d.find('Application', 'cert-manager-crds'), 'spec', 'source', 'path'),
      /reads the whole repository/,
    ],
  }),
  ...mutations(syncPolicies, {
    'changes by hand that stay': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'syncPolicy', 'automated', 'selfHeal'),
      /does not heal itself/,
    ],
    leftovers: [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'automated', 'prune'], false),
      /does not prune/,
    ],
    'definitions that go': [
      (d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'syncPolicy', 'automated', 'prune'], true),
      /prunes definitions/,
    ],
    'everything at once': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'automated', 'allowEmpty'], true),
      /may prune everything at once/,
    ],
    'the client side': [
      (d) =>
        d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'syncOptions'], ['FailOnSharedResource=true']),
      /is synced without ServerSideApply=true/,
    ],
    'shared objects': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']),
      /is synced without FailOnSharedResource=true/,
    ],
    'one try': [(d) => d.drop(d.find('Application', 'hello'), 'spec', 'syncPolicy', 'retry'), /does not try again/],
    "the client's differences": [
      (d) => d.drop(d.find('Application', 'hello'), 'metadata', 'annotations', 'argocd.argoproj.io/compare-options'),
      /is compared without the server's defaults/,
    ],
    'another cluster': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'destination', 'server'], 'https://x'),
      /is for another cluster/,
    ],
  }),
  ...mutations(cascades, {
    'objects that stay behind': [
      (d) => d.drop(d.find('Application', 'mongo'), 'metadata', 'finalizers'),
      /^Application argocd\/mongo would leave its objects behind/,
    ],
    'definitions that go': [
      (d) =>
        d.set(
          d.find('Application', 'cert-manager-crds'),
          ['metadata', 'finalizers'],
          ['resources-finalizer.argocd.argoproj.io'],
        ),
      /cert-manager-crds would take definitions, and every custom resource, along/,
    ],
    'a fleet that goes': [
      (d) =>
        d.set(
          d.find('Application', 'root'),
          ['metadata', 'finalizers'],
          ['resources-finalizer.argocd.argoproj.io/foreground'],
        ),
      /^Application argocd\/root would take the whole fleet along/,
    ],
  }),
  ...mutations(rootLeavesPauses, {
    'a pause that is undone': [
      (d) => d.drop(d.find('Application', 'root'), 'spec', 'ignoreDifferences'),
      /does not ignore \/spec\/syncPolicy\/automated/,
    ],
    'an operation that counts as a difference': [
      (d) =>
        d.set(
          d.find('Application', 'root'),
          ['spec', 'ignoreDifferences', 0, 'jsonPointers'],
          ['/spec/syncPolicy/automated'],
        ),
      /does not ignore \/operation/,
    ],
    'a pause that is hidden and undone': [
      (d) => d.set(d.find('Application', 'root'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']),
      /undoes differences that it ignores/,
    ],
  }),
  ...mutations(namespacesGuarded, {
    'a namespace that goes unasked': [
      (d) => d.drop(d.find('Namespace', 'hello'), 'metadata', 'annotations', OPTIONS),
      /^Namespace hello may be pruned or deleted unasked/,
    ],
    'deleted unasked': [
      (d) => d.set(d.find('Namespace', 'hello'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm'),
      /^Namespace hello/,
    ],
  }),
];
