import { Component, type Tier } from '../../component.ts';
import { volumeClaimsOf } from '../../kinds/references.ts';
import type { Manifest } from '../../lib/manifest.ts';
import type { PodSecurity } from '../../lib/namespace.ts';
import { serve, type ServedHost } from './host.ts';
import { adopt } from './objects.ts';
import { police } from './policies.ts';
import type { WorkloadConnections } from './settings.ts';

/** Props of a component made of objects that others wrote. */
export interface ManifestsProps {
  /** The objects, as their source has them. */
  readonly objects: readonly Manifest[];
  readonly tier: Tier;
  /** Pod Security level of its namespace. @default restricted */
  readonly podSecurity?: { readonly level: PodSecurity };
  /** Other namespaces that its objects, but not its pods, may lie in. */
  readonly namespaces: readonly string[];
  /** Connections by workload. */
  readonly network: Readonly<Record<string, WorkloadConnections>>;
  /** @default not reachable from outside */
  readonly host?: ServedHost;
  /** Why its volumes are in no backup. @default they are */
  readonly noBackupBecause?: string;
}

/** An upstream chart, kustomization or folder of YAML, under the rules of every component. */
export class Manifests extends Component {
  constructor(name: string, props: ManifestsProps) {
    super(name, {
      tier: props.tier,
      podSecurity: props.podSecurity?.level,
      keepNamespace: props.objects.some((object) => volumeClaimsOf(object).length > 0),
    });
    const objects = adopt(props.objects, { ...props, name });
    for (const object of objects) this.add(object);
    const workloads = police(this, objects, props.network, props.host?.binding.gateway);
    if (props.host) serve(this, props.host, objects, workloads);
  }
}
