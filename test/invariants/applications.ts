import { SYNC_OPTIONS } from '../../charts/lib/argo.ts';
import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { APPLICATIONS, type ClusterObjects, componentsOf, mapAt, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

const ROOT = 'root';

/** The sources of an Application: one or several. */
export function sourcesOf(application: Manifest): unknown[] {
  const one = at(application, 'spec', 'source');
  return one === undefined ? [...listAt(application, 'spec', 'sources')] : [one];
}

/** Components and Applications correspond one to one; the root Application syncs the other Applications. */
export const oneApplicationEach = invariant('every component has exactly one Application', (cluster) => {
  const names = ofKind(cluster, 'Application').map(({ metadata }) => metadata.name);
  const wanted = [ROOT, ...componentsOf(cluster).filter((name) => name !== APPLICATIONS), ...cluster.provides.keys()];
  return [
    ...wanted.filter((name) => !names.includes(name)).map((name) => `component ${name} has no Application`),
    ...names.filter((name) => !wanted.includes(name)).map((name) => `Application ${name} has no component`),
  ];
});

/** An Application reads its component's folder of this cluster, at the same revision as all others. */
export const applicationSources = invariant('every Application reads its own folder of dist', (cluster) => {
  const applications = ofKind(cluster, 'Application');
  const root = applications.find(({ metadata }) => metadata.name === ROOT);
  return applications
    .filter(({ metadata }) => !cluster.provides.has(metadata.name))
    .flatMap((application) => {
      const { name } = application.metadata;
      const folder = name === ROOT ? APPLICATIONS : name;
      const [source, ...more] = sourcesOf(application);
      const path = `dist/${cluster.name}/${folder}`;
      const generate = mapAt(application, 'metadata', 'annotations')['argocd.argoproj.io/manifest-generate-paths'];
      const appLabel = label(application);
      return [
        ...(more.length === 0 ? [] : [`${appLabel} has more than one source`]),
        ...(textAt(source, 'path') === path ? [] : [`${appLabel} reads ${textAt(source, 'path')} instead of ${path}`]),
        ...(componentsOf(cluster).includes(folder) ? [] : [`${appLabel} reads a folder that does not exist`]),
        ...(generate === `/${path}`
          ? []
          : [`${appLabel} is refreshed by changes to ${generate ?? 'anything'} instead of /${path}`]),
        ...['repoURL', 'targetRevision']
          .filter((field) => textAt(source, field) !== textAt(root, 'spec', 'source', field))
          .map((field) => `${appLabel} has a different ${field} than the root Application`),
      ];
    });
});

/** Other repositories are read at a tag, so that nothing changes without a commit here. */
export const upstreamPinned = invariant('upstream manifests are pinned to a release tag', (cluster) =>
  ofKind(cluster, 'Application')
    .filter(({ metadata }) => cluster.provides.has(metadata.name))
    .flatMap((application) =>
      sourcesOf(application).flatMap((source) => [
        ...(/^v?\d+\.\d+\.\d+$/.test(textAt(source, 'targetRevision') ?? '')
          ? []
          : [`${label(application)} follows ${textAt(source, 'targetRevision')}, which is not a release tag`]),
        ...(textAt(source, 'path') ? [] : [`${label(application)} reads the whole repository`]),
      ]),
    ),
);

/** Manual changes to the cluster are reverted to dist, and an outage of an hour does not end a sync for good. */
export const syncPolicies = invariant('every Application self-heals, applies server-side and retries', (cluster) =>
  ofKind(cluster, 'Application').flatMap((application) => {
    const policy = at(application, 'spec', 'syncPolicy');
    const options = textsAt(policy, 'syncOptions');
    const limit = at(policy, 'retry', 'limit');
    // Deleting a definition deletes every custom resource of it: a file missing upstream must not cause that.
    const prunes = !cluster.provides.has(application.metadata.name);
    const appLabel = label(application);
    return [
      ...(at(policy, 'automated', 'selfHeal') === true ? [] : [`${appLabel} does not self-heal`]),
      ...(at(policy, 'automated', 'prune') === prunes
        ? []
        : [`${appLabel} ${prunes ? 'does not prune' : 'prunes custom resource definitions'}`]),
      ...(at(policy, 'automated', 'allowEmpty') === true ? [`${appLabel} allows an empty source`] : []),
      ...['ServerSideApply=true', 'FailOnSharedResource=true']
        .filter((option) => !options.includes(option))
        .map((option) => `${appLabel} is synced without ${option}`),
      ...(typeof limit === 'number' && limit > 0 ? [] : [`${appLabel} does not retry a failed sync`]),
      ...(mapAt(application, 'metadata', 'annotations')['argocd.argoproj.io/compare-options']?.includes(
        'ServerSideDiff=true',
      )
        ? []
        : [`${appLabel} is compared without server-side diff`]),
      ...(textAt(application, 'spec', 'destination', 'server') === 'https://kubernetes.default.svc'
        ? []
        : [`${appLabel} targets another cluster`]),
    ];
  }),
);

/** Removing a component from the fleet keeps its volumes and deletes everything that runs. */
export const cascadingDeletion = invariant(
  'deletion cascades from an Application to its objects, except the root and custom resource definitions',
  (cluster) =>
    ofKind(cluster, 'Application').flatMap((application) => {
      const { name } = application.metadata;
      const kept = name === ROOT || cluster.provides.has(name);
      const finalizer = textsAt(application, 'metadata', 'finalizers').some((f) =>
        f.startsWith('resources-finalizer.argocd.argoproj.io'),
      );
      if (finalizer === !kept) return [];
      return [
        finalizer
          ? `${label(application)} would delete ${name === ROOT ? 'every other Application' : 'custom resource definitions and every custom resource'}`
          : `${label(application)} would orphan its objects`,
      ];
    }),
);

/** The root reverts neither an operator's pause of an Application for a rollback nor a running operation of Argo CD. */
export const rootIgnoresPauses = invariant(
  'the root Application ignores pauses and running operations of Applications',
  (cluster) => {
    const root = ofKind(cluster, 'Application').find(({ metadata }) => metadata.name === ROOT);
    const ignored = new Set(
      listAt(root, 'spec', 'ignoreDifferences')
        .filter((i) => textAt(i, 'group') === 'argoproj.io' && textAt(i, 'kind') === 'Application')
        .flatMap((i) => textsAt(i, 'jsonPointers')),
    );
    return [
      ...['/spec/syncPolicy/automated', '/operation', '/metadata/annotations/argocd.argoproj.io~1refresh']
        .filter((pointer) => !ignored.has(pointer))
        .map((pointer) => `Application root does not ignore ${pointer} of Applications`),
      // Without it the difference is hidden but still synced.
      ...(textsAt(root, 'spec', 'syncPolicy', 'syncOptions').includes('RespectIgnoreDifferences=true')
        ? []
        : ['Application root syncs differences that it ignores']),
    ];
  },
);

/** Argo CD deletes a component's namespace only after confirmation, or never. */
export const namespaceDeletionConfirmed = invariant(
  'no namespace is deleted without confirmation',
  (cluster: ClusterObjects) =>
    ofKind(cluster, 'Namespace')
      .filter(
        (namespace) =>
          !['Prune', 'Delete'].every((act) =>
            new RegExp(`${act}=(confirm|false)`).test(mapAt(namespace, 'metadata', 'annotations')[SYNC_OPTIONS] ?? ''),
          ),
      )
      .map((namespace) => `${label(namespace)} may be pruned or deleted without confirmation`),
);
