import { scaledTargets } from '../../charts/kinds/scaled.ts';
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

/** Other repositories are read at a commit, so that nothing changes without a commit here; at a tag for a stated reason. */
export const upstreamPinned = invariant('upstream manifests are pinned to a commit or a release tag', (cluster) =>
  ofKind(cluster, 'Application')
    .filter(({ metadata }) => cluster.provides.has(metadata.name))
    .flatMap((application) =>
      sourcesOf(application).flatMap((source) => [
        ...(/^([0-9a-f]{40}|v?\d+\.\d+\.\d+)$/.test(textAt(source, 'targetRevision') ?? '')
          ? []
          : [
              `${label(application)} follows ${textAt(source, 'targetRevision')}, which is neither a commit nor a release tag`,
            ]),
        ...(textAt(source, 'path') ? [] : [`${label(application)} reads the whole repository`]),
      ]),
    ),
);

/** Manual changes to the cluster are reverted to dist, and no outage ends a sync for good or holds up a pushed fix. */
export const syncPolicies = invariant('every Application self-heals, applies server-side and retries', (cluster) =>
  ofKind(cluster, 'Application').flatMap((application) => {
    const policy = at(application, 'spec', 'syncPolicy');
    const options = textsAt(policy, 'syncOptions');
    const retry = at(policy, 'retry');
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
      ...(Number(at(retry, 'limit')) < 0 ? [] : [`${appLabel} gives up a failed sync after some retries`]),
      ...(at(retry, 'refresh') === true ? [] : [`${appLabel} repeats a failed commit, and looks at no newer one`]),
      ...(textAt(retry, 'backoff', 'maxDuration') === '1m'
        ? []
        : [`${appLabel} may let a pushed fix wait for more than a minute`]),
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

/** A sync applies the replicas that it finds to what an autoscaler scales, and reverts those of everything else. */
export const replicasOfAutoscalers = invariant(
  'an Application leaves the replicas of autoscaled workloads alone, and of no other',
  (cluster) =>
    ofKind(cluster, 'Application')
      .filter(({ metadata }) => metadata.name !== ROOT)
      .flatMap((application) => {
        const { name } = application.metadata;
        const own = cluster.objects.filter(({ component }) => component === name).map(({ manifest }) => manifest);
        const scaled = scaledTargets(own).map(({ kind, namespace, name: target }) => `${kind} ${namespace}/${target}`);
        const ignored = listAt(application, 'spec', 'ignoreDifferences')
          .filter((one) => textsAt(one, 'jsonPointers').join() === '/spec/replicas')
          .map((one) => `${textAt(one, 'kind')} ${textAt(one, 'namespace')}/${textAt(one, 'name')}`);
        const respects = textsAt(application, 'spec', 'syncPolicy', 'syncOptions').includes(
          'RespectIgnoreDifferences=true',
        );
        return [
          ...scaled
            .filter((target) => !ignored.includes(target))
            .map((target) => `${label(application)} reverts the replicas of ${target}, which is autoscaled`),
          ...ignored
            .filter((target) => !scaled.includes(target))
            .map((target) => `${label(application)} ignores the replicas of ${target}, which nothing scales`),
          ...(scaled.length > 0 && !respects ? [`${label(application)} syncs differences that it ignores`] : []),
        ];
      }),
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
