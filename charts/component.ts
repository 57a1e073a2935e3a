import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { UpstreamDefinitions } from './kinds/kind.ts';
import type { CustomResource, TypeMeta } from './lib/custom-resource.ts';
import { commonLabels } from './lib/labels.ts';
import { hardenedNamespace, type PodSecurity } from './lib/namespace.ts';
import { type Openings, type Peer, policySpec } from './lib/network.ts';

/** The AppProject a component belongs to. */
export type Tier = 'platform' | 'data' | 'monitoring' | 'apps';

/** What makes a component what it is, besides its objects. */
export interface ComponentOptions {
  readonly tier: Tier;
  /** Pod Security level that its namespace enforces. @default 'restricted' */
  readonly podSecurity?: PodSecurity;
  /** True if its namespace holds what must outlive the component: the namespace is then never removed. @default false */
  readonly keepNamespace?: boolean;
  /** False for a component that works in a namespace that somebody else brings. @default true */
  readonly ownNamespace?: boolean;
  /** Namespace to work in. @default the component's name */
  readonly namespace?: string;
}

/** Definitions that Argo CD fetches from another repository instead of dist. */
export interface Upstream extends UpstreamDefinitions {
  /** A tag; comes from the cluster's pins. */
  readonly revision: string;
  /** Capabilities: the custom resources that they define. */
  readonly provides: readonly string[];
}

/** A workload's openings, turned into its NetworkPolicy once everybody who wants in has said so. */
interface OpenWorkload extends Openings {
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

/**
 * One thing that runs on a cluster: one class, one namespace, one Argo CD Application, one folder of dist, and
 * one name for all of them. A component is a cdk8s App of its own, so that its cost does not grow with the
 * number of others, and sees nothing but its props.
 */
export abstract class Component extends Chart {
  readonly name: string;
  readonly tier: Tier;
  /** Set by a component whose manifests lie in another repository. */
  readonly upstream: Upstream | undefined = undefined;
  /** True once it has a volume that belongs into backups. */
  keepsData = false;
  private readonly openWorkloads: OpenWorkload[] = [];

  constructor(name: string, options: ComponentOptions) {
    const namespace = options.namespace ?? name;
    super(new App(), name, { namespace, labels: commonLabels(name), disableResourceNameHashes: true });
    this.name = name;
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

  /** Registers a workload's openings; its NetworkPolicy is rendered when the component is completed. */
  open(name: string, podLabels: Readonly<Record<string, string>>, openings: Partial<Openings> = {}): Openings {
    const workload = { name, podLabels, ingress: [...(openings.ingress ?? [])], egress: [...(openings.egress ?? [])] };
    this.openWorkloads.push(workload);
    return workload;
  }

  /**
   * Adds what depends on who asked for a reference: policies here, and in a subclass's `finish` listeners, users
   * and the like. Called once, by the composition root, after every component exists.
   */
  complete(network: { readonly dns: readonly Peer[] }): void {
    this.finish();
    for (const workload of this.openWorkloads) {
      new k8s.KubeNetworkPolicy(this, `NetworkPolicy.${workload.name}`, {
        metadata: { name: workload.name },
        spec: policySpec(workload.podLabels, workload, network.dns),
      });
    }
  }

  /** Objects that need to know every client; see `complete`. */
  protected finish(): void {}
}
