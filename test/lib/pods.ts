import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, manifestsOf, mapAt, ofKind, valuesOf } from './cluster-objects.ts';
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
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: unknown;
  readonly topologySpreadConstraints?: readonly { readonly labelSelector?: LabelSelector }[];
  readonly [field: string]: unknown;
}

/** The pods of one workload: all alike. */
export interface Pods {
  readonly workload: Manifest;
  /** The workload as messages name it. */
  readonly label: string;
  /** Where the pod's specification is: `spec.template.spec`. */
  readonly path: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** A container, and whether it runs as long as its pod does. */
export interface ContainerInPod {
  readonly container: Container;
  /** The container as messages name it. */
  readonly label: string;
  readonly longRunning: boolean;
}

/** By manifest: one that is checked no longer changes. */
const PODS = new WeakMap<Manifest, readonly Pods[]>();

/**
 * The pods of every workload, told by their shape alone and not by what the kinds declare: what is overlooked there
 * must not be overlooked here.
 */
export function workloadPods(cluster: ClusterObjects): Pods[] {
  return manifestsOf(cluster).flatMap((manifest) => {
    const pods = PODS.get(manifest) ?? podsIn(manifest);
    PODS.set(manifest, pods);
    return pods;
  });
}

function podsIn(workload: Manifest): Pods[] {
  return valuesOf(workload)
    .filter(({ value }) => isPodSpec(value))
    .map(({ path, value }) => {
      const template = valuesOf(workload).find(
        (v) => v.path === (path.includes('.') ? path.replace(/\.[^.]+$/, '') : ''),
      );
      return {
        workload,
        label: labelOf(workload),
        path,
        namespace: workload.metadata.namespace ?? 'default',
        labels: mapAt(template?.value, 'metadata', 'labels'),
        annotations: mapAt(template?.value, 'metadata', 'annotations'),
        spec: value as PodSpec,
      };
    });
}

/** A map with a list of containers: things with a name and an image. */
function isPodSpec(value: unknown): boolean {
  const containers = listAt(value, 'containers');
  return (
    containers.length > 0 &&
    containers.every((c) => textAt(c, 'name') !== undefined && textAt(c, 'image') !== undefined)
  );
}

/** A pod's containers, init containers first. */
export function containersOf({ label, spec }: Pods): ContainerInPod[] {
  const inPod = (container: Container, longRunning: boolean): ContainerInPod => ({
    container,
    longRunning,
    label: `container "${container.name}" of ${label}`,
  });
  // A pod of a Job must say one of these, and one of any other workload must not.
  const terminates = ['Never', 'OnFailure'].includes(spec.restartPolicy ?? '');
  return [
    // An init container that restarts always is a sidecar.
    ...(spec.initContainers ?? []).map((c) => inPod(c, c.restartPolicy === 'Always' && !terminates)),
    ...spec.containers.map((c) => inPod(c, !terminates)),
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
  return containersOf(pods).flatMap(({ container, longRunning }) => (longRunning ? (container.ports ?? []) : []));
}

/** The least number of pods that a workload has, by itself or by its autoscaler; 1 where nobody says. */
export function leastReplicas(cluster: ClusterObjects, { workload }: Pods): number {
  const scaler = ofKind(cluster, 'HorizontalPodAutoscaler', 'ScaledObject').find((h) => scales(h, workload));
  const count = scaler
    ? (at(scaler, 'spec', 'minReplicas') ?? at(scaler, 'spec', 'minReplicaCount'))
    : at(workload, 'spec', 'replicas');
  return typeof count === 'number' ? count : 1;
}

/** True if the autoscaler's target is this workload. */
export function scales(autoscaler: Manifest, workload: Manifest): boolean {
  const target = at(autoscaler, 'spec', 'scaleTargetRef');
  return (
    autoscaler.metadata.namespace === workload.metadata.namespace &&
    (at(target, 'apiVersion') ?? 'apps/v1') === workload.apiVersion &&
    (at(target, 'kind') ?? 'Deployment') === workload.kind &&
    at(target, 'name') === workload.metadata.name
  );
}
