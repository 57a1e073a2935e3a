import type { ApiObject } from 'cdk8s';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { Component } from './component.ts';
import { ROOT } from './lib/argo.ts';
import { groupOf, type Manifest } from './lib/manifest.ts';
import type { Order } from './order/order.ts';

/** The one repository and revision that every cluster syncs from. */
export interface Repository {
  readonly url: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** A component with the objects it rendered. */
export interface Rendered {
  readonly component: Component;
  readonly manifests: readonly Manifest[];
}

/** What the Applications of a cluster are derived from. */
export interface ApplicationsProps {
  readonly cluster: string;
  readonly repository: Repository;
  readonly rendered: readonly Rendered[];
  readonly order: Order;
}

type ApplicationSpec = IApplication['spec'];
type ProjectSpec = IAppProject['spec'];
type GroupKinds = NonNullable<ProjectSpec['clusterResourceWhitelist']>;

/**
 * Deletes an Application's objects with it, each after what it owns. What says Delete=false stays: volumes and their
 * namespaces do, object by object.
 */
const CASCADE = 'resources-finalizer.argocd.argoproj.io/foreground';

const IN_CLUSTER = 'https://kubernetes.default.svc';

/** Argo CD's own namespace: Applications and AppProjects lie here. */
const ARGO_CD = 'argocd';

/**
 * What Argo CD is told, all of it derived: for each component an AppProject that allows what the component is about,
 * and an Application in waves after those of the components it needs; and the root Application that syncs these.
 */
export class Applications extends Component {
  private readonly props: ApplicationsProps;

  constructor(props: ApplicationsProps) {
    super('applications', { tier: 'platform', ownNamespace: false, namespace: ARGO_CD });
    this.props = props;
    // The root syncs itself too, last, so that it shows as synced once all others are.
    this.root().addDependency(...this.applications());
  }

  /** A component's own AppProject: what an Application may touch is what its component is about. */
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
      // Argo CD neither sees nor prunes what a project does not allow. A kind that is switched off would stay behind if
      // only the kinds in use were allowed, so within its namespaces a component may have any but Argo CD's own.
      namespaceResourceBlacklist: ARGO_KINDS,
    });
  }

  private applications(): ApiObject[] {
    const { order, rendered } = this.props;
    const made = new Map<string, ApiObject>();
    // Lowest level first, so that an Application's predecessors are there to depend on.
    const level = ({ component }: Rendered): number => order.levels.get(component.name) ?? 0;
    for (const one of [...rendered].sort((a, b) => level(a) - level(b))) {
      const { name } = one.component;
      const application = this.application(one);
      application.addDependency(this.project(one));
      for (const before of order.after.get(name)?.keys() ?? []) {
        const predecessor = made.get(before);
        if (predecessor) application.addDependency(predecessor);
      }
      made.set(name, application);
    }
    return [...made.values()];
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
        // Not PruneLast, which prunes all at once: an Application is deleted with its project's permissions, and so is
        // gone before the project goes, in the reverse of their waves.
        syncPolicy: syncPolicy({ prune: true, options: ['RespectIgnoreDifferences=true'] }),
        ignoreDifferences: [
          {
            group: 'argoproj.io',
            kind: 'Application',
            jsonPointers: [
              // An operator pauses one Application for a rollback by switching its automation off; the root leaves it off.
              '/spec/syncPolicy/automated',
              // What Argo CD puts there for itself, for moments: the root would be out of sync whenever another one is synced.
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
      // Diffs are what a server-side dry run says, with defaults and webhooks applied.
      'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      // A commit elsewhere in the repository leaves this Application's cached manifests valid.
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

/** What the folders of definitions hold. The Gateway API guards its own with an admission policy. */
const DEFINITION_KINDS: GroupKinds = [
  { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy' },
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
];

/** What the root syncs, and no other. */
const ARGO_KINDS: GroupKinds = [
  { group: 'argoproj.io', kind: 'AppProject' },
  { group: 'argoproj.io', kind: 'Application' },
];

function kindOf(manifest: Manifest): GroupKinds[number] {
  return { group: groupOf(manifest), kind: manifest.kind };
}

/** Each group and kind once, sorted. */
function kinds(list: GroupKinds): GroupKinds {
  const unique = new Map(list.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  return [...unique.keys()].sort().map((key) => unique.get(key) as GroupKinds[number]);
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list.filter(Boolean))].sort();
}
