import type { ApiObject } from 'cdk8s';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { Component } from './component.ts';
import { type Source, sourceOf } from './fleet/published.ts';
import { integrityOf, type Signatures } from './fleet/signatures.ts';
import { type Scaled, scaledTargets } from './kinds/scaled.ts';
import { ARGO_KINDS, FINALIZER, HOLDS_BACK_SECONDS, IN_CLUSTER, ROOT } from './lib/argo.ts';
import type { Manifest } from './lib/manifest.ts';
import type { Order } from './order/order.ts';
import { handedOutProject, projectOf } from './projects.ts';

/** The Git repository and revision that every cluster syncs from. */
export interface Repository {
  readonly url: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /**
   * Where `slipway publish` writes the dist of each cluster, which then syncs from there: a branch or a repository of its
   * own, with `{cluster}` for its name.
   *
   * @default the clusters sync from the repository itself
   */
  readonly published?: {
    /** @default that of the repository */
    readonly url?: string;
    /** A branch. @default main, which needs a `url` */
    readonly revision?: string;
  };
  /**
   * The signatures without one of which Argo CD syncs no commit (docs/runbooks/guards.md).
   *
   * @default commits need none
   */
  readonly signatures?: Signatures;
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

/**
 * Finalizer: deleting an Application deletes its objects too, dependents first. Objects annotated Delete=false, which
 * are volumes and their namespaces, are kept.
 */
const CASCADE = `${FINALIZER}/foreground`;

/** Namespace of Argo CD, its Applications and AppProjects. */
const ARGO_CD = 'argocd';

/**
 * The Argo CD configuration, all of it derived: for each component an AppProject restricted to what the component
 * renders and an Application in a wave after those of the components it needs; and the root Application, which syncs
 * them.
 */
export class Applications extends Component {
  private readonly props: ApplicationsProps;
  private readonly from: Source;
  /** What it asks of the commits there. */
  private readonly integrity: ReturnType<typeof integrityOf>;

  constructor(props: ApplicationsProps) {
    super('applications', { tier: 'platform', ownNamespace: false, namespace: ARGO_CD });
    this.props = props;
    this.from = sourceOf(props.repository, props.cluster);
    this.integrity = integrityOf(props.repository.signatures, this.from.url);
    for (const { component } of props.rendered)
      for (const project of component.projects) this.appProject(project.name, handedOutProject(project));
    // The root syncs itself too, last: it reports Synced only once all others do.
    this.root().addDependency(...this.applications());
  }

  private project({ component, manifests }: Rendered): ApiObject {
    const { rendered } = this.props;
    const components = rendered.filter((one) => !one.component.upstream).map((one) => one.component.name);
    const { url } = this.from;
    return this.appProject(component.name, {
      ...projectOf({ component, manifests, repository: url, components }),
      // What is upstream's is pinned by its commit.
      ...(component.upstream ? {} : this.integrity),
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

  private application({ component, manifests }: Rendered): ApiObject {
    const { name, upstream } = component;
    const scaled = scaledTargets(manifests);
    return this.add<IApplication>({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name,
        annotations: { ...this.annotations(upstream ? undefined : name), ...this.holdsBack(name) },
        finalizers: upstream ? undefined : [CASCADE],
      },
      spec: {
        project: name,
        ...this.sources(component),
        destination: { server: IN_CLUSTER, namespace: component.namespace },
        syncPolicy: syncPolicy({
          prune: !upstream,
          options: ['PruneLast=true', ...(scaled.length > 0 ? [RESPECT_IGNORED] : [])],
        }),
        ignoreDifferences: scaled.length > 0 ? scaled.map(ignoredReplicas) : undefined,
        revisionHistoryLimit: 10,
      },
    });
  }

  /** How long the root waits for the health of an Application: not at all, unless others come after it. */
  private holdsBack(name: string): Record<string, string> | undefined {
    const waitedFor = [...this.props.order.after.values()].some((before) => before.has(name));
    return waitedFor ? { [HOLDS_BACK_SECONDS]: String(HOLD_SECONDS) } : undefined;
  }

  private sources(component: Component): Partial<ApplicationSpec> {
    if (!component.upstream) return { source: this.folder(component.name) };
    const { repository, revision, version, paths } = component.upstream;
    const all = paths.map((path) => ({ repoURL: `${repository}.git`, targetRevision: revision, path }));
    const sources = all.length === 1 ? { source: all[0] } : { sources: all };
    // For people: Argo CD shows it beside the commit.
    return { ...sources, info: [{ name: 'Version', value: version }] };
  }

  private root(): ApiObject {
    this.appProject(ROOT, {
      description: 'Applications and AppProjects of this cluster, and nothing else',
      sourceRepos: [this.from.url],
      ...this.integrity,
      destinations: [{ namespace: ARGO_CD, server: IN_CLUSTER }],
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: ARGO_KINDS.slice(),
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
        syncPolicy: syncPolicy({ prune: true, options: [RESPECT_IGNORED] }),
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
    const { url, revision } = this.from;
    return { repoURL: url, targetRevision: revision, path: `dist/${this.props.cluster}/${component}` };
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

/** Differences that an Application ignores are not reverted by its syncs either. */
const RESPECT_IGNORED = 'RespectIgnoreDifferences=true';

/** Seconds that an unhealthy Application holds back those of later waves: longer than a new node takes to be ready. */
const HOLD_SECONDS = 600;

/**
 * The replicas of a workload are its autoscaler's, from the first sync on: a sync applies the number that it finds, and
 * the rendered one only to a workload that does not exist yet. If the field were omitted instead, the sync that brings
 * the autoscaler would give up the field, and the API server would set it to its default of 1.
 */
function ignoredReplicas({ group, kind, namespace, name }: Scaled): IgnoredDifferences {
  return { group, kind, namespace, name, jsonPointers: ['/spec/replicas'] };
}

type IgnoredDifferences = NonNullable<ApplicationSpec['ignoreDifferences']>[number];

/**
 * A failed sync is repeated until it succeeds, each time with the newest commit: a fix that is pushed meanwhile
 * is applied by the next attempt, and an outage of any length heals by itself. With a limit, Argo CD would not try that
 * commit again after the last attempt; without `refresh`, it would repeat the broken commit and look at no other.
 */
const RETRY = { limit: -1, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '1m' } };

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
    retry: RETRY,
  };
}
