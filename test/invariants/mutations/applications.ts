import {
  applicationSources,
  cascadingDeletion,
  namespaceDeletionConfirmed,
  oneApplicationEach,
  replicasOfAutoscalers,
  rootIgnoresPauses,
  syncPolicies,
  upstreamPinned,
} from '../applications.ts';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { type Mutation, mutations } from './mutation.ts';

const OPTIONS = 'argocd.argoproj.io/sync-options';

/** The Application of the first autoscaler. */
function scaling(d: Draft): Manifest {
  return d.find('Application', d.find('HorizontalPodAutoscaler').metadata.name);
}

/** Sources and sync policies of Applications. */
export const applicationsMutations: readonly Mutation[] = [
  ...mutations(oneApplicationEach, {
    'component without an Application': [
      (d) => d.remove(d.find('Application', 'hello')),
      /^component hello has no Application/,
    ],
    'Application without a component': [
      (d) => d.copy(d.find('Application', 'hello'), 'x'),
      /^Application x has no component/,
    ],
    'upstream definitions without an Application': [
      (d) => d.remove(d.find('Application', 'cert-manager-crds')),
      /^component cert-manager-crds has no Application/,
    ],
    'missing root Application': [(d) => d.remove(d.find('Application', 'root')), /^component root has no Application/],
  }),
  ...mutations(applicationSources, {
    'Application with the path of another folder': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'path'], 'dist/x/hello'),
      /^Application argocd\/hello reads dist\/x\/hello instead of/,
    ],
    'Application with another targetRevision': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'targetRevision'], 'next'),
      /has a different targetRevision than the root Application/,
    ],
    'Application with another repoURL': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'source', 'repoURL'], 'https://example.com/x.git'),
      /has a different repoURL than the root Application/,
    ],
    'Application with a missing folder': [
      (d) => d.removeComponent('hello'),
      /^Application argocd\/hello reads a folder that does not exist/,
    ],
    'Application with two sources': [
      (d) => {
        const application = d.find('Application', 'hello');
        const source = (application['spec'] as { source: unknown }).source;
        d.set(application, ['spec', 'sources'], [source, source]);
        d.drop(application, 'spec', 'source');
      },
      /has more than one source/,
    ],
    'Application without manifest-generate-paths': [
      (d) =>
        d.drop(d.find('Application', 'hello'), 'metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'),
      /is refreshed by changes to anything/,
    ],
    'Application with the manifest-generate-paths of another folder': [
      (d) =>
        d.set(
          d.find('Application', 'hello'),
          ['metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths'],
          '/dist/x',
        ),
      /is refreshed by changes to \/dist\/x/,
    ],
  }),
  ...mutations(upstreamPinned, {
    'Application that follows an upstream branch': [
      (d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'source', 'targetRevision'], 'master'),
      /follows master, which is neither a commit nor a release tag/,
    ],
    'Application without an upstream path': [
      (d) => d.drop(d.find('Application', 'cert-manager-crds'), 'spec', 'source', 'path'),
      /reads the whole repository/,
    ],
  }),
  ...mutations(syncPolicies, {
    'Application without selfHeal': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'syncPolicy', 'automated', 'selfHeal'),
      /does not self-heal/,
    ],
    'Application without prune': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'automated', 'prune'], false),
      /does not prune/,
    ],
    'Application that prunes custom resource definitions': [
      (d) => d.set(d.find('Application', 'cert-manager-crds'), ['spec', 'syncPolicy', 'automated', 'prune'], true),
      /prunes custom resource definitions/,
    ],
    'Application with allowEmpty': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'automated', 'allowEmpty'], true),
      /allows an empty source/,
    ],
    'Application without ServerSideApply': [
      (d) =>
        d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'syncOptions'], ['FailOnSharedResource=true']),
      /is synced without ServerSideApply=true/,
    ],
    'Application without FailOnSharedResource': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']),
      /is synced without FailOnSharedResource=true/,
    ],
    'Application without retry': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'syncPolicy', 'retry'),
      /gives up a failed sync after some retries/,
    ],
    'Application that gives up': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'retry', 'limit'], 10),
      /gives up a failed sync after some retries/,
    ],
    'Application that repeats a failed commit': [
      (d) => d.drop(d.find('Application', 'hello'), 'spec', 'syncPolicy', 'retry', 'refresh'),
      /repeats a failed commit/,
    ],
    'Application with long pauses between retries': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'syncPolicy', 'retry', 'backoff', 'maxDuration'], '5m'),
      /may let a pushed fix wait/,
    ],
    'Application without ServerSideDiff': [
      (d) => d.drop(d.find('Application', 'hello'), 'metadata', 'annotations', 'argocd.argoproj.io/compare-options'),
      /is compared without server-side diff/,
    ],
    'Application with another destination server': [
      (d) => d.set(d.find('Application', 'hello'), ['spec', 'destination', 'server'], 'https://x'),
      /targets another cluster/,
    ],
  }),
  ...mutations(cascadingDeletion, {
    'Application without the resources finalizer': [
      (d) => d.drop(d.find('Application', 'mongo'), 'metadata', 'finalizers'),
      /^Application argocd\/mongo would orphan its objects/,
    ],
    'finalizer on an Application of custom resource definitions': [
      (d) =>
        d.set(
          d.find('Application', 'cert-manager-crds'),
          ['metadata', 'finalizers'],
          ['resources-finalizer.argocd.argoproj.io'],
        ),
      /cert-manager-crds would delete custom resource definitions and every custom resource/,
    ],
    'finalizer on the root Application': [
      (d) =>
        d.set(
          d.find('Application', 'root'),
          ['metadata', 'finalizers'],
          ['resources-finalizer.argocd.argoproj.io/foreground'],
        ),
      /^Application argocd\/root would delete every other Application/,
    ],
  }),
  ...mutations(rootIgnoresPauses, {
    'root Application without ignoreDifferences': [
      (d) => d.drop(d.find('Application', 'root'), 'spec', 'ignoreDifferences'),
      /does not ignore \/spec\/syncPolicy\/automated/,
    ],
    'root Application that does not ignore operations': [
      (d) =>
        d.set(
          d.find('Application', 'root'),
          ['spec', 'ignoreDifferences', 0, 'jsonPointers'],
          ['/spec/syncPolicy/automated'],
        ),
      /does not ignore \/operation/,
    ],
    'root Application without RespectIgnoreDifferences': [
      (d) => d.set(d.find('Application', 'root'), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']),
      /syncs differences that it ignores/,
    ],
  }),
  ...mutations(replicasOfAutoscalers, {
    'Application that reverts an autoscaler': [
      (d) => d.drop(scaling(d), 'spec', 'ignoreDifferences'),
      /reverts the replicas of Deployment .*, which is autoscaled/,
    ],
    'Application that ignores the replicas of a fixed number of pods': [
      (d) =>
        d.set(
          d.find('Application', 'mongo'),
          ['spec', 'ignoreDifferences'],
          [{ kind: 'StatefulSet', namespace: 'mongo', name: 'mongo', jsonPointers: ['/spec/replicas'] }],
        ),
      /ignores the replicas of StatefulSet mongo\/mongo, which nothing scales/,
    ],
    'Application that hides what it reverts': [
      (d) => d.set(scaling(d), ['spec', 'syncPolicy', 'syncOptions'], ['ServerSideApply=true']),
      /syncs differences that it ignores/,
    ],
  }),
  ...mutations(namespaceDeletionConfirmed, {
    'Namespace without sync options': [
      (d) => d.drop(d.find('Namespace', 'hello'), 'metadata', 'annotations', OPTIONS),
      /^Namespace hello may be pruned or deleted without confirmation/,
    ],
    'Namespace without Delete=confirm': [
      (d) => d.set(d.find('Namespace', 'hello'), ['metadata', 'annotations', OPTIONS], 'Prune=confirm'),
      /^Namespace hello/,
    ],
  }),
];
