import { k8s } from 'cdk8s-plus-28';
import type { Identity } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromField } from '../../lib/container.ts';
import { MANAGED_BY, PART_OF, selectorLabels } from '../../lib/labels.ts';
import type { Opening } from '../../lib/network.ts';

/** What all of Velero's pods have in common, those that it starts itself among them. */
export interface VeleroPods {
  readonly image: string;
  readonly identity: Identity;
  /** To the API server, to the cloud's object store, and to where credentials for it come from. */
  readonly egress: readonly Opening[];
  /** True where volumes are copied file by file from the nodes, false where snapshots of them are. */
  readonly filesFromNodes: boolean;
}

/** The one folder that Velero's pods write to. */
export const SCRATCH = '/scratch';

/** Labels that select the pods which Velero starts itself: they match no workload's selector. */
export const STARTED_PODS = selectorLabels('velero', 'velero', 'worker');

/** What all of Velero's containers are told; the pods that it starts inherit it. */
export function environment({ identity }: VeleroPods): NonNullable<ContainerProps['env']> {
  return {
    VELERO_NAMESPACE: fromField('metadata.namespace'),
    VELERO_SCRATCH_DIR: SCRATCH,
    // Caches and settings of the repositories.
    HOME: SCRATCH,
    // Archives on their way to the object store, and credentials for it.
    TMPDIR: SCRATCH,
    ...identity.env,
  };
}

/**
 * Labels and resources of pods that Velero starts, in its own words. Once it is given any labels it no longer copies
 * the one for workload identity, which therefore is among these.
 */
export function startedPods(
  { identity }: VeleroPods,
  memory: { readonly request: string; readonly limit: string },
): Record<string, unknown> {
  return {
    podLabels: { ...STARTED_PODS, [PART_OF]: 'slipway', [MANAGED_BY]: 'slipway', ...identity.podLabels },
    // They come and go, and are far apart in what they need: a limit as for all others, but less set aside.
    podResources: { cpuRequest: '100m', cpuLimit: '1', memoryRequest: memory.request, memoryLimit: memory.limit },
  };
}

/** A ConfigMap that Velero reads by its name; gives the name. */
export function configuration(
  component: Component,
  name: string,
  data: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string {
  const text = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value, null, 2)]));
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, { metadata: { name }, data: text });
  return name;
}
