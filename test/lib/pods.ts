import { at, label, type Manifest } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, ofKind } from './cluster-objects.ts';
import { type LabelSelector, type Labels, matches } from './selector.ts';

/** The fields of a container that are looked at here. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly Port[];
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly startupProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly lifecycle?: unknown;
  readonly restartPolicy?: string;
  readonly securityContext?: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A port that a container says it listens on. */
export interface Port {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
  readonly hostPort?: number;
}

export type Quantities = Readonly<Record<string, string | number>>;

/** The fields of a pod that are looked at here. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: unknown;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly [source: string]: unknown }[];
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: unknown;
  readonly topologySpreadConstraints?: readonly { readonly labelSelector?: LabelSelector }[];
  readonly [field: string]: unknown;
}

/** The pods of one workload: all alike. */
export interface Pods {
  readonly workload: Manifest;
  /** The workload as messages name it. */
  readonly says: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** A container, and whether it runs as long as its pod does. */
export interface Placed {
  readonly container: Container;
  /** The container as messages name it. */
  readonly says: string;
  readonly lasting: boolean;
}

/** Where each kind has its pod template. Not taken from the generator: what it overlooks must not be overlooked here. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pods of every workload. */
export function podsOf(cluster: ClusterObjects): Pods[] {
  return ofKind(cluster, ...Object.keys(TEMPLATES)).map((workload) => {
    const template = at(workload, ...(TEMPLATES[workload.kind] ?? []));
    return {
      workload,
      says: label(workload),
      namespace: workload.metadata.namespace ?? 'default',
      labels: mapAt(template, 'metadata', 'labels'),
      annotations: mapAt(template, 'metadata', 'annotations'),
      spec: at(template, 'spec') as PodSpec,
    };
  });
}

/** A pod's containers, init containers first. */
export function containersOf({ workload, says, spec }: Pods): Placed[] {
  const place = (container: Container, lasting: boolean): Placed => ({
    container,
    lasting,
    says: `container "${container.name}" of ${says}`,
  });
  const ends = ['Job', 'CronJob'].includes(workload.kind);
  return [
    // An init container that restarts always is a sidecar.
    ...(spec.initContainers ?? []).map((c) => place(c, c.restartPolicy === 'Always' && !ends)),
    ...spec.containers.map((c) => place(c, !ends)),
  ];
}

/** The pods that a selector reaches in a namespace. */
export function selected(
  pods: readonly Pods[],
  namespace: string | undefined,
  selector: LabelSelector | undefined,
): Pods[] {
  return pods.filter((p) => p.namespace === namespace && matches(selector, p.labels));
}

/** All ports that a pod's lasting containers say they listen on. */
export function portsOf(pods: Pods): Port[] {
  return containersOf(pods).flatMap(({ container, lasting }) => (lasting ? (container.ports ?? []) : []));
}

/** The least number of pods that a workload has, by itself or by its autoscaler; 1 where nobody says. */
export function leastReplicas(cluster: ClusterObjects, { workload }: Pods): number {
  const scaler = ofKind(cluster, 'HorizontalPodAutoscaler').find((h) => scales(h, workload));
  const count = scaler ? at(scaler, 'spec', 'minReplicas') : at(workload, 'spec', 'replicas');
  return typeof count === 'number' ? count : 1;
}

/** True if the autoscaler's target is this workload. */
export function scales(autoscaler: Manifest, workload: Manifest): boolean {
  const target = at(autoscaler, 'spec', 'scaleTargetRef');
  return (
    autoscaler.metadata.namespace === workload.metadata.namespace &&
    at(target, 'apiVersion') === workload.apiVersion &&
    at(target, 'kind') === workload.kind &&
    at(target, 'name') === workload.metadata.name
  );
}
