import { ApiObject, App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { UpstreamDefinitions } from './kinds/kind.ts';
import type { CustomResource, TypeMeta } from './lib/custom-resource.ts';
import { commonLabels } from './lib/labels.ts';
import { hardenedNamespace, type PodSecurity } from './lib/namespace.ts';
import { lazy } from './lib/lazy.ts';
import { type AddressRange, type Endpoint, type Openings, type Pods, podsOf, policySpec } from './lib/network.ts';

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

/**
 * One thing that runs on a cluster: one class, one namespace, one Argo CD Application, one folder of dist, and
 * one name for all of them. A component is a cdk8s App of its own, so that its cost does not grow with the
 * number of others, and sees nothing but its props.
 */
export abstract class Component extends Chart implements Endpoint {
  readonly name: string;
  readonly tier: Tier;
  /** Set by a component whose manifests lie in another repository. */
  readonly upstream: Upstream | undefined = undefined;
  /** Who answers name look-ups; the composition root says. */
  dns: readonly (Pods | AddressRange)[] = [];
  /** All its pods together, as a client. */
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
   * Gives pods a NetworkPolicy: its openings, and whatever they are connected to by the time it is rendered.
   *
   * @param name of the policy
   * @param ports by name, for those who connect to them
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
      spec: lazy(() => policySpec(labels, openings, [endpoint, this], this.dns)),
    });
    return endpoint;
  }

  /** The namespace that it works in. */
  private get ownNamespace(): string {
    return this.namespace ?? this.name;
  }
}
