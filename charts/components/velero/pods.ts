import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { WorkloadIdentity } from '../../cloud/cloud.ts';
import type { Component } from '../../component.ts';
import { applyResources } from '../../lib/apply-settings.ts';
import { type ContainerProps, fromField, type Resources } from '../../lib/container.ts';
import { MANAGED_BY, PART_OF, selectorLabels } from '../../lib/labels.ts';
import type { Opening } from '../../lib/network.ts';
import type { veleroSettings } from './settings.ts';

/** Options of all Velero pods, including those that Velero starts. */
export interface VeleroPods {
  readonly image: string;
  readonly identity: WorkloadIdentity;
  /** Egress to the API server, the cloud's object store, and its credentials endpoint. */
  readonly egress: readonly Opening[];
  /** True if volumes are backed up from the file system of the node, false if by snapshots. */
  readonly filesFromNodes: boolean;
  /** Settings of the pods that Velero starts. */
  readonly started: z.output<typeof veleroSettings>['startedPods'];
}

/** The only writable directory of Velero's pods. */
export const SCRATCH = '/scratch';

/** Selector labels of the pods that Velero starts; they match no workload's selector. */
export const STARTED_PODS = selectorLabels('velero', 'velero', 'worker');

/** Environment of all Velero containers; the pods that Velero starts inherit it. */
export function environment({ identity }: VeleroPods): NonNullable<ContainerProps['env']> {
  return {
    VELERO_NAMESPACE: fromField('metadata.namespace'),
    VELERO_SCRATCH_DIR: SCRATCH,
    // Caches and configuration of the repositories.
    HOME: SCRATCH,
    // Archives being uploaded, and credentials for the object store.
    TMPDIR: SCRATCH,
    ...identity.env,
  };
}

/** They are short-lived and their usage varies widely, so the requests are below the limits. */
const STARTED_RESOURCES: Resources = { cpu: '100m', cpuLimit: '1', memory: '1Gi', memoryRequest: '256Mi' };

/**
 * Labels and resources of pods that Velero starts, in its configuration format. With custom labels Velero no longer
 * copies the workload identity label, so it is included.
 */
export function startedPods({ identity, started }: VeleroPods): Record<string, unknown> {
  const where = 'each pod that Velero starts';
  const { cpu, cpuLimit, memory, memoryRequest } = applyResources(where, STARTED_RESOURCES, started.resources);
  return {
    podLabels: { ...STARTED_PODS, [PART_OF]: 'slipway', [MANAGED_BY]: 'slipway', ...identity.podLabels },
    podResources: { cpuRequest: cpu, cpuLimit, memoryRequest, memoryLimit: memory },
  };
}

/** Adds a ConfigMap that Velero reads by name. @returns the name */
export function configuration(
  component: Component,
  name: string,
  data: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string {
  const text = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value, null, 2)]));
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, { metadata: { name }, data: text });
  return name;
}
