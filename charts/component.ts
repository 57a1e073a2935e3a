import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { UpstreamDefinitions } from './kinds/kind.ts';
import type { CustomResource, TypeMeta } from './lib/custom-resource.ts';
import type { Dashboard } from './lib/dashboard.ts';
import { commonLabels } from './lib/labels.ts';
import { hardenedNamespace, type PodSecurity } from './lib/namespace.ts';
import type { GroupKind } from './lib/argo.ts';
import { lazy } from './lib/lazy.ts';
import type { Manifest } from './lib/manifest.ts';
import type { ForeignProgram, MetricsPods } from './lib/metrics.ts';
import type { RuleGroup } from './rules/rule.ts';
import {
  type AddressRange,
  ANYWHERE,
  type Endpoint,
  type Openings,
  type Pods,
  podsOf,
  policySpec,
} from './lib/network.ts';

/** The layer of the cluster that a component belongs to. */
export type Tier = 'platform' | 'data' | 'monitoring' | 'apps';

/** Options of a component. */
export interface ComponentOptions {
  readonly tier: Tier;
  /** Pod Security level enforced in its namespace. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** True if its namespace has data that must outlive the component: it is then never deleted. @default false */
  readonly keepNamespace?: boolean;
  /** False if the namespace is not created by this component. @default true */
  readonly ownNamespace?: boolean;
  /** Namespace of its objects. @default the component's name */
  readonly namespace?: string;
}

/** Definitions that Argo CD fetches from another repository instead of dist. */
export interface Upstream extends UpstreamDefinitions {
  /** The commit, or the tag if its commit is not known; comes from the cluster's pins. */
  readonly revision: string;
  /** The tag of that commit. */
  readonly version: string;
  /** Capabilities: the custom resources they define. */
  readonly provides: readonly string[];
}

/** An AppProject for Applications that are not part of this repository, such as those of a tenant. */
export interface HandedOutProject {
  /** Unlike any component's name, since each component has a project of that name. */
  readonly name: string;
  readonly description: string;
  /** Git repositories that the Applications may sync from. */
  readonly repositories: readonly string[];
  /** Namespaces of this component that they may deploy to. */
  readonly namespaces: readonly string[];
  /** Namespaced kinds that they may sync; no cluster-scoped ones. */
  readonly kinds: readonly GroupKind[];
  /** Groups that may see and sync the Applications in Argo CD. */
  readonly groups: readonly string[];
}

/**
 * A deployable unit: one namespace, one Argo CD Application and one folder of dist, all of the same name, which is that of
 * its class or begins with it.
 * Each component is a cdk8s App of its own, so that synth time grows linearly with the number of components. It
 * depends on its props only.
 */
export abstract class Component extends Chart implements Endpoint {
  readonly name: string;
  readonly tier: Tier;
  /** Set by a component whose manifests come from another repository. */
  readonly upstream: Upstream | undefined = undefined;
  /** Namespaces in which others may create volumes, to be backed up. */
  readonly othersVolumes: readonly string[] = [];
  /** Projects for Applications of others. */
  readonly projects: readonly HandedOutProject[] = [];
  /** True if bootstrap applies its folder of dist before the first sync, when there are no custom resources yet. */
  readonly appliedByBootstrap: boolean = false;
  /** Pods of its controllers that serve metrics; those of its workloads are found by themselves. */
  readonly metricsPods: readonly MetricsPods[] = [];
  /** Programs that bootstrap installs and the component belongs to, and that serve metrics. */
  readonly foreignPrograms: readonly ForeignProgram[] = [];
  /** What Prometheus evaluates for it, if the cluster has one. */
  readonly rules: readonly RuleGroup[] = [];
  /** Dashboards that show it, if the cluster has a Grafana; components of one kind share theirs. */
  readonly dashboards: readonly Dashboard[] = [];
  /**
   * Set by a component with objects that follow from those of others: called once, before its own are rendered, with the
   * overridden objects of all components that have no such method.
   */
  derive?(manifests: readonly Manifest[]): void;
  /** DNS servers that its pods may query; set by the composition root. */
  dns: readonly (Pods | AddressRange)[] = [];
  /** True if the nodes can give each pod a user namespace of its own; set by the composition root. */
  userNamespaces = false;
  /** Addresses of the API server; set by the composition root. */
  apiServer: readonly AddressRange[] = ANYWHERE;
  /** All its pods, as a client of other components. */
  readonly pods: Pods;
  readonly ports = {};

  constructor(name: string, options: ComponentOptions) {
    const namespace = options.namespace ?? name;
    super(new App(), name, { namespace, labels: commonLabels(name), disableResourceNameHashes: true });
    this.name = name;
    this.pods = podsOf(name, namespace);
    this.tier = options.tier;
    if (options.ownNamespace ?? true)
      hardenedNamespace(this, { name: namespace, podSecurity: options.podSecurity, keep: options.keepNamespace });
  }

  /** Adds a custom resource, typed by its interface: `this.add<ICertificate>({ apiVersion: …, spec: … })`. */
  add<T extends TypeMeta>(resource: CustomResource<T>): ApiObject {
    const { namespace = '', name } = resource.metadata;
    return new ApiObject(
      this,
      `${resource.apiVersion.replace('/', '.')}.${resource.kind}.${namespace}.${name}`,
      resource,
    );
  }

  /**
   * Adds a NetworkPolicy for pods: their openings, and every connection made before it is rendered.
   *
   * @param name name of the policy
   * @param ports port numbers by name, for `connect`
   */
  endpoint(
    name: string,
    labels: Readonly<Record<string, string>>,
    openings: Openings = {},
    ports: Endpoint['ports'] = {},
  ): Endpoint {
    const endpoint: Endpoint = { name: `${this.name}/${name}`, pods: { namespace: this.ownNamespace, labels }, ports };
    new k8s.KubeNetworkPolicy(this, `NetworkPolicy.${name}`, {
      metadata: { name },
      spec: lazy(() => policySpec(labels, openings, [endpoint, this], this)),
    });
    return endpoint;
  }

  /** The namespace of its objects. */
  private get ownNamespace(): string {
    return this.namespace ?? this.name;
  }
}
