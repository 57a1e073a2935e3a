import { groupOf, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { isClusterScoped } from '../../charts/kinds/index.ts';
import { APPLICATIONS, type ClusterObjects, named, ofKind, textsAt } from '../lib/cluster-objects.ts';
import { kindsOf } from '../lib/projects.ts';
import { sourcesOf } from './applications.ts';
import { invariant } from './invariant.ts';

/** What the Applications of a project use. */
interface Use {
  readonly repositories: Set<string>;
  readonly namespaces: Set<string>;
  /** Cluster-scoped objects, each as `group/Kind name`. */
  readonly clusterObjects: Set<string>;
}

/** A permission that no Application uses is only of use to an attacker. */
export const projectsMinimal = invariant('an AppProject allows exactly what its Applications use', (cluster) =>
  deliveringProjects(cluster).flatMap((project) => {
    const use = useOf(cluster, project.metadata.name);
    const compare = (what: string, allowed: readonly string[], used: ReadonlySet<string>): string[] => [
      ...[...used]
        .filter((item) => !allowed.includes(item))
        .map((item) => `${label(project)} does not allow the ${what} ${item}, which is used`),
      ...allowed
        .filter((item) => !used.has(item))
        .map((item) => `${label(project)} allows the ${what} ${item}, which no Application uses`),
    ];
    return [
      ...compare('repository', textsAt(project, 'spec', 'sourceRepos'), use.repositories),
      ...compare(
        'namespace',
        listAt(project, 'spec', 'destinations').map((d) => textAt(d, 'namespace') ?? ''),
        use.namespaces,
      ),
      ...clusterObjects(cluster, project, use),
    ];
  }),
);

/** What a project permits and its Application does not sync, and the reverse, of cluster-scoped objects. */
function clusterObjects(cluster: ClusterObjects, project: Manifest, use: Use): string[] {
  const allowed = listAt(project, 'spec', 'clusterResourceWhitelist').map((item) => {
    const text = `${textAt(item, 'group')}/${textAt(item, 'kind')} ${textAt(item, 'name') ?? '(any name)'}`;
    // A pattern is a prefix that the component's own name begins, or for upstream definitions a suffix, their group.
    const [before = '', after] = text.split('*');
    const own = before.replace(/-$/, '');
    const matches = (used: string): boolean => isLike(used, before, after) || (after === '' && used === own);
    return { text, before, after, matches };
  });
  const unused = cluster.provides.has(project.metadata.name)
    ? allowed.filter(({ after }) => !after?.startsWith('.'))
    : allowed.filter(
        ({ before, after, matches }) =>
          ![...use.clusterObjects].some(matches) ||
          (after !== undefined && !before.endsWith(` ${project.metadata.name}-`)),
      );
  return [
    ...[...use.clusterObjects]
      .filter((used) => !allowed.some(({ matches }) => matches(used)))
      .map((used) => `${label(project)} does not allow ${used}, which is used`),
    ...unused.map(({ text }) => `${label(project)} allows ${text}, which no Application uses`),
  ];
}

function isLike(text: string, before: string, after: string | undefined): boolean {
  return after === undefined ? text === before : text.startsWith(before) && text.endsWith(after);
}

/**
 * Only the root's Application writes Applications and projects. Within its namespaces any other component may have
 * any kind: Argo CD does not delete objects of a kind that a project no longer allows.
 */
export const projectsKinds = invariant(
  'only the root manages Applications and AppProjects, and it manages nothing else',
  (cluster) =>
    deliveringProjects(cluster).flatMap((project) => {
      const field = project.metadata.name === 'root' ? 'namespaceResourceWhitelist' : 'namespaceResourceBlacklist';
      const verb = field === 'namespaceResourceWhitelist' ? 'allows' : 'forbids';
      const kinds = kindsOf(project, field);
      const other = listAt(project, 'spec', 'namespaceResourceWhitelist');
      return [
        ...(kinds.join() === ARGO_KINDS
          ? []
          : [`${label(project)} ${verb} the kinds ${kinds.join() || '(none)'} instead of ${ARGO_KINDS}`]),
        ...(verb === 'forbids' && other.length > 0
          ? [
              `${label(project)} allows certain kinds only: Argo CD would orphan objects of a kind that is no longer allowed`,
            ]
          : []),
      ];
    }),
);

const ARGO_KINDS = 'argoproj.io/AppProject,argoproj.io/Application';

/**
 * A removed component is deleted in order: its Application deletes its objects with the permissions of its project,
 * which no other component changes, and which is deleted afterwards.
 */
export const projectsOutliveApplications = invariant('an AppProject outlives its Application', (cluster) => {
  const applications = ofKind(cluster, 'Application');
  const root = applications.find(({ metadata }) => metadata.name === 'root');
  return [
    ...applications
      .filter(
        (application) => application !== root && textAt(application, 'spec', 'project') !== application.metadata.name,
      )
      .map(
        (application) =>
          `${label(application)} shares the project ${textAt(application, 'spec', 'project')}, which another component changes`,
      ),
    ...(textsAt(root, 'spec', 'syncPolicy', 'syncOptions').includes('PruneLast=true')
      ? ['Application argocd/root prunes projects together with their Applications']
      : []),
  ];
});

/** Every Application is in a project of this cluster: `default` would allow everything. */
export const projectsExist = invariant(
  'Applications and AppProjects of a cluster correspond to each other',
  (cluster) => {
    const applications = ofKind(cluster, 'Application');
    const used = new Set(applications.map((a) => textAt(a, 'spec', 'project')));
    return [
      ...applications
        .filter((a) => !named(cluster, 'AppProject', a.metadata.namespace, textAt(a, 'spec', 'project') ?? ''))
        .map((a) => `${label(a)} is in project ${textAt(a, 'spec', 'project')}, which does not exist`),
      ...deliveringProjects(cluster)
        .filter((p) => !used.has(p.metadata.name))
        .map((p) => `${label(p)} has no Application`),
    ];
  },
);

/** A project deploys to its own cluster only. */
export const projectsTargetOwnCluster = invariant('an AppProject allows its own cluster only', (cluster) =>
  ofKind(cluster, 'AppProject').flatMap((project) =>
    listAt(project, 'spec', 'destinations')
      .filter((d) => textAt(d, 'server') !== 'https://kubernetes.default.svc')
      .map(
        (d) => `${label(project)} allows deployment to ${textAt(d, 'server') ?? textAt(d, 'name') ?? 'any cluster'}`,
      ),
  ),
);

/** The AppProjects of this repository's own Applications. */
function deliveringProjects(cluster: ClusterObjects): Manifest[] {
  return ofKind(cluster, 'AppProject').filter(({ metadata }) => !cluster.handedOut.has(metadata.name));
}

function useOf(cluster: ClusterObjects, project: string): Use {
  const applications = ofKind(cluster, 'Application').filter((a) => textAt(a, 'spec', 'project') === project);
  const synced = applications.flatMap((application) => syncedBy(cluster, application));
  return {
    repositories: new Set(applications.flatMap(sourcesOf).flatMap((source) => textAt(source, 'repoURL') ?? [])),
    namespaces: new Set([
      ...synced.flatMap(({ metadata }) => metadata.namespace ?? []),
      ...applications.flatMap((a) => textAt(a, 'spec', 'destination', 'namespace') ?? []),
    ]),
    clusterObjects: new Set(
      synced
        .filter((m) => isClusterScoped(groupOf(m), m.kind))
        .map((m) => `${groupOf(m)}/${m.kind} ${m.metadata.name}`),
    ),
  };
}

/** What an Application syncs out of dist. */
function syncedBy(cluster: ClusterObjects, { metadata }: Manifest): Manifest[] {
  const folder = metadata.name === 'root' ? APPLICATIONS : metadata.name;
  return cluster.objects.filter(({ component }) => component === folder).map(({ manifest }) => manifest);
}
