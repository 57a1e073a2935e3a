import { SYNC_OPTIONS } from '../../charts/lib/argo.ts';
import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { APPLICATIONS, type ClusterObjects, componentsOf, mapAt, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

const ROOT = 'root';

/** The sources of an Application, one or several. */
export function sourcesOf(application: Manifest): unknown[] {
  const one = at(application, 'spec', 'source');
  return one === undefined ? [...listAt(application, 'spec', 'sources')] : [one];
}

/** Each component has one Application and each Application one component; the root has those. */
export const oneApplicationEach = invariant('every component has its Application', (cluster) => {
  const names = ofKind(cluster, 'Application').map(({ metadata }) => metadata.name);
  const wanted = [ROOT, ...componentsOf(cluster).filter((name) => name !== APPLICATIONS), ...cluster.provides.keys()];
  return [
    ...wanted.filter((name) => !names.includes(name)).map((name) => `component ${name} has no Application`),
    ...names.filter((name) => !wanted.includes(name)).map((name) => `Application ${name} has no component`),
  ];
});

/** An Application reads its component's folder of this cluster, from the same commit as all others. */
export const applicationSources = invariant('an Application reads its own folder', (cluster) => {
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
          : [`${appLabel} is generated anew by changes to ${generate ?? 'anything'} instead of /${path}`]),
        ...['repoURL', 'targetRevision']
          .filter((field) => textAt(source, field) !== textAt(root, 'spec', 'source', field))
          .map((field) => `${appLabel} has another ${field} than the root`),
      ];
    });
});

/** What lies in other repositories is read at a tag, so that nothing changes without a commit here. */
export const upstreamPinned = invariant('upstream manifests are read at a tag', (cluster) =>
  ofKind(cluster, 'Application')
    .filter(({ metadata }) => cluster.provides.has(metadata.name))
    .flatMap((application) =>
      sourcesOf(application).flatMap((source) => [
        ...(/^v?\d+\.\d+\.\d+$/.test(textAt(source, 'targetRevision') ?? '')
          ? []
          : [`${label(application)} follows ${textAt(source, 'targetRevision')}, which is no released version`]),
        ...(textAt(source, 'path') ? [] : [`${label(application)} reads the whole repository`]),
      ]),
    ),
);

/** The cluster is what dist says, whoever changes it by hand, and an outage of an hour does not stop a sync for good. */
export const syncPolicies = invariant('every Application heals itself, server-side, and tries again', (cluster) =>
  ofKind(cluster, 'Application').flatMap((application) => {
    const policy = at(application, 'spec', 'syncPolicy');
    const options = textsAt(policy, 'syncOptions');
    const limit = at(policy, 'retry', 'limit');
    // Every custom resource goes with its definition: nobody deletes definitions by leaving them out.
    const prunes = !cluster.provides.has(application.metadata.name);
    const appLabel = label(application);
    return [
      ...(at(policy, 'automated', 'selfHeal') === true ? [] : [`${appLabel} does not heal itself`]),
      ...(at(policy, 'automated', 'prune') === prunes
        ? []
        : [`${appLabel} ${prunes ? 'does not prune' : 'prunes definitions'}`]),
      ...(at(policy, 'automated', 'allowEmpty') === true ? [`${appLabel} may prune everything at once`] : []),
      ...['ServerSideApply=true', 'FailOnSharedResource=true']
        .filter((option) => !options.includes(option))
        .map((option) => `${appLabel} is synced without ${option}`),
      ...(typeof limit === 'number' && limit > 0 ? [] : [`${appLabel} does not try again`]),
      ...(mapAt(application, 'metadata', 'annotations')['argocd.argoproj.io/compare-options']?.includes(
        'ServerSideDiff=true',
      )
        ? []
        : [`${appLabel} is compared without the server's defaults`]),
      ...(textAt(application, 'spec', 'destination', 'server') === 'https://kubernetes.default.svc'
        ? []
        : [`${appLabel} is for another cluster`]),
    ];
  }),
);

/** A component that is removed from the fleet leaves its volumes behind, and nothing that runs. */
export const cascades = invariant('an Application takes its objects along, and definitions never', (cluster) =>
  ofKind(cluster, 'Application').flatMap((application) => {
    const { name } = application.metadata;
    const kept = name === ROOT || cluster.provides.has(name);
    const finalizer = textsAt(application, 'metadata', 'finalizers').some((f) =>
      f.startsWith('resources-finalizer.argocd.argoproj.io'),
    );
    if (finalizer === !kept) return [];
    return [
      finalizer
        ? `${label(application)} would take ${name === ROOT ? 'the whole fleet' : 'definitions, and every custom resource,'} along`
        : `${label(application)} would leave its objects behind`,
    ];
  }),
);

/** An operator who pauses an Application for a rollback is not overruled by the root, nor is Argo CD at work. */
export const rootLeavesPauses = invariant('the root leaves paused and busy Applications alone', (cluster) => {
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
    // Without it the difference is not shown, and undone all the same.
    ...(textsAt(root, 'spec', 'syncPolicy', 'syncOptions').includes('RespectIgnoreDifferences=true')
      ? []
      : ['Application root undoes differences that it ignores']),
  ];
});

/** A component's namespace goes only when somebody said so: Argo CD asks first, or never touches it. */
export const namespacesGuarded = invariant('no namespace is deleted unasked', (cluster: ClusterObjects) =>
  ofKind(cluster, 'Namespace')
    .filter(
      (namespace) =>
        !['Prune', 'Delete'].every((act) =>
          new RegExp(`${act}=(confirm|false)`).test(mapAt(namespace, 'metadata', 'annotations')[SYNC_OPTIONS] ?? ''),
        ),
    )
    .map((namespace) => `${label(namespace)} may be pruned or deleted unasked`),
);
