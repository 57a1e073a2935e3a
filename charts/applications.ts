import type { ApiObject } from 'cdk8s';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { Component, type HandedOutProject } from './component.ts';
import { type GroupKind, ROOT } from './lib/argo.ts';
import { groupOf, type Manifest } from './lib/manifest.ts';
import type { Order } from './order/order.ts';

/** The Git repository and revision that every cluster syncs from. */
export interface Repository {
  readonly url: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** A component and its rendered objects. */
export interface Rendered {
  readonly component: Component;
  readonly manifests: readonly Manifest[];
}

/** Props of the Applications of a cluster. */
export interface ApplicationsProps {
  readonly cluster: string;
  readonly repository: Repository;
  readonly rendered: readonly Rendered[];
  readonly order: Order;
}

type ApplicationSpec = IApplication['spec'];
type ProjectSpec = IAppProject['spec'];
type GroupKinds = GroupKind[];

/**
 * Finalizer: deleting an Application deletes its objects too, dependents first. Objects annotated Delete=false, which
 * are volumes and their namespaces, are kept.
 */
const CASCADE = 'resources-finalizer.argocd.argoproj.io/foreground';

const IN_CLUSTER = 'https://kubernetes.default.svc';

/** Namespace of Argo CD, its Applications and AppProjects. */
const ARGO_CD = 'argocd';

/**
 * The Argo CD configuration, all of it derived: for each component an AppProject restricted to what the component
 * renders and an Application in a wave after those of the components it needs; and the root Application, which syncs
 * them.
 */
export class Applications extends Component {
  private readonly props: ApplicationsProps;

  constructor(props: ApplicationsProps) {
    super('applications', { tier: 'platform', ownNamespace: false, namespace: ARGO_CD });
    this.props = props;
    for (const { component } of props.rendered) for (const project of component.projects) this.handedOut(project);
    // The root syncs itself too, last: it reports Synced only once all others do.
    this.root().addDependency(...this.applications());
  }

  /** The AppProject of a component: permits its source, its namespaces and the cluster-scoped kinds it renders. */
  private project({ component, manifests }: Rendered): ApiObject {
    const { upstream, name, tier } = component;
    return this.appProject(name, {
      description: `Component ${name} of the ${tier} tier`,
      sourceRepos: [upstream ? `${upstream.repository}.git` : this.props.repository.url],
      destinations: sorted([...manifests.flatMap((m) => m.metadata.namespace ?? []), component.namespace ?? '']).map(
        (namespace) => ({ namespace, server: IN_CLUSTER }),
      ),
      clusterResourceWhitelist: kinds([
        ...manifests.filter((m) => !m.metadata.namespace).map(kindOf),
        ...(upstream ? DEFINITION_KINDS : []),
      ]),
      // Argo CD neither shows nor prunes what a project does not permit. If only the kinds in use were permitted,
      // objects of a kind that is no longer rendered would remain; so all namespaced kinds but Argo CD's are permitted.
      namespaceResourceBlacklist: ARGO_KINDS,
    });
  }

  /** The AppProject of Applications that others write: they are confined to namespaces, and cannot widen them. */
  private handedOut({ name, description, repositories, namespaces, kinds: permitted, groups }: HandedOutProject): void {
    this.appProject(name, {
      description,
      sourceRepos: sorted(repositories),
      destinations: sorted(namespaces).map((namespace) => ({ namespace, server: IN_CLUSTER })),
      clusterResourceWhitelist: [],
      // Here a list of what is permitted, in contrast to the components' own: a new kind, such as one of an operator that
      // acts with its own permissions, must not widen what others were given.
      namespaceResourceWhitelist: kinds(permitted),
      roles: groups.length > 0 ? [{ name: MEMBERS, groups: [...groups], policies: memberPolicies(name) }] : undefined,
    });
  }

  private applications(): ApiObject[] {
    const { order, rendered } = this.props;
    const created = new Map<string, ApiObject>();
    // Lowest level first: an Application can only depend on Applications that were created before it.
    const level = ({ component }: Rendered): number => order.levels.get(component.name) ?? 0;
    for (const one of [...rendered].sort((a, b) => level(a) - level(b))) {
      const { name } = one.component;
      const application = this.application(one);
      application.addDependency(this.project(one));
      for (const before of order.after.get(name)?.keys() ?? []) {
        const predecessor = created.get(before);
        if (predecessor) application.addDependency(predecessor);
      }
      created.set(name, application);
    }
    return [...created.values()];
  }

  private application({ component }: Rendered): ApiObject {
    const { name, upstream } = component;
    return this.add<IApplication>({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name,
        annotations: this.annotations(upstream ? undefined : name),
        finalizers: upstream ? undefined : [CASCADE],
      },
      spec: {
        project: name,
        ...this.sources(component),
        destination: { server: IN_CLUSTER, namespace: component.namespace },
        syncPolicy: syncPolicy({ prune: !upstream, options: ['PruneLast=true'] }),
        revisionHistoryLimit: 10,
      },
    });
  }

  private sources(component: Component): Partial<ApplicationSpec> {
    if (!component.upstream) return { source: this.folder(component.name) };
    const { repository, revision, paths } = component.upstream;
    const all = paths.map((path) => ({ repoURL: `${repository}.git`, targetRevision: revision, path }));
    return all.length === 1 ? { source: all[0] } : { sources: all };
  }

  private root(): ApiObject {
    this.appProject(ROOT, {
      description: 'Applications and AppProjects of this cluster, and nothing else',
      sourceRepos: [this.props.repository.url],
      destinations: [{ namespace: ARGO_CD, server: IN_CLUSTER }],
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: ARGO_KINDS,
    });
    return this.add<IApplication>({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: ROOT, annotations: this.annotations(this.name) },
      spec: {
        project: ROOT,
        source: this.folder(this.name),
        destination: { server: IN_CLUSTER, namespace: ARGO_CD },
        // Without PruneLast, which prunes everything in one wave: Argo CD needs the AppProject to delete an
        // Application, so pruning must follow the waves in reverse, Applications before their projects.
        syncPolicy: syncPolicy({ prune: true, options: ['RespectIgnoreDifferences=true'] }),
        ignoreDifferences: [
          {
            group: 'argoproj.io',
            kind: 'Application',
            jsonPointers: [
              // For a rollback an operator disables automated sync of one Application; the root must not re-enable it.
              '/spec/syncPolicy/automated',
              // Transient fields written by Argo CD: they would make the root OutOfSync during every other sync.
              '/operation',
              '/metadata/annotations/argocd.argoproj.io~1refresh',
            ],
          },
        ],
        revisionHistoryLimit: 10,
      },
    });
  }

  private appProject(name: string, spec: ProjectSpec): ApiObject {
    return this.add<IAppProject>({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name }, spec });
  }

  private folder(component: string): NonNullable<ApplicationSpec['source']> {
    const { cluster, repository } = this.props;
    return { repoURL: repository.url, targetRevision: repository.revision, path: `dist/${cluster}/${component}` };
  }

  private annotations(folder: string | undefined): Record<string, string> {
    return {
      // Diff against a server-side dry run, which includes defaulting and admission webhooks.
      'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      // Commits outside this path do not invalidate the Application's cached manifests.
      ...(folder && { 'argocd.argoproj.io/manifest-generate-paths': `/dist/${this.props.cluster}/${folder}` }),
    };
  }
}

function syncPolicy({
  prune,
  options,
}: {
  readonly prune: boolean;
  readonly options: readonly string[];
}): NonNullable<ApplicationSpec['syncPolicy']> {
  return {
    automated: { prune, selfHeal: true },
    syncOptions: ['ServerSideApply=true', 'FailOnSharedResource=true', ...options],
    retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
  };
}

/** Cluster-scoped kinds in upstream definition folders; the Gateway API protects its CRDs by an admission policy. */
const DEFINITION_KINDS: GroupKinds = [
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
];

/** Role of the groups of a project that is handed out. */
const MEMBERS = 'members';

/** Members see, sync and read the logs of the Applications of their project; they do not change them. */
function memberPolicies(project: string): string[] {
  return ['applications, get', 'applications, sync', 'logs, get'].map(
    (right) => `p, proj:${project}:${MEMBERS}, ${right}, ${project}/*, allow`,
  );
}

/** Kinds that only the root Application may sync. */
const ARGO_KINDS: GroupKinds = [
  { group: 'argoproj.io', kind: 'AppProject' },
  { group: 'argoproj.io', kind: 'Application' },
];

function kindOf(manifest: Manifest): GroupKind {
  return { group: groupOf(manifest), kind: manifest.kind };
}

/** Deduplicated and sorted. */
function kinds(list: readonly GroupKind[]): GroupKinds {
  const unique = new Map(list.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  return [...unique.keys()].sort().map((key) => unique.get(key) as GroupKind);
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list.filter(Boolean))].sort();
}
