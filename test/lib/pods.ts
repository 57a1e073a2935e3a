import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, manifestsOf, mapAt, ofKind, valuesOf } from './cluster-objects.ts';
import { type LabelSelector, type Labels, matches } from './selector.ts';

/** The fields of a container that the checks use. */
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

/** A port that a container declares. */
export interface Port {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
  readonly hostPort?: number;
}

export type Quantities = Readonly<Record<string, string | number>>;

/** The fields of a pod spec that the checks use. */
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

/** The identical pods of one workload. */
export interface Pods {
  readonly workload: Manifest;
  /** The workload's label in messages. */
  readonly label: string;
  /** The path of the pod spec in the workload: `spec.template.spec`. */
  readonly path: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** A container of a pod; `longRunning` if it runs as long as its pod. */
export interface ContainerInPod {
  readonly container: Container;
  /** The container's label in messages. */
  readonly label: string;
  readonly longRunning: boolean;
}

/** Cached by manifest: manifests no longer change once they are checked. */
const PODS = new WeakMap<Manifest, readonly Pods[]>();

/**
 * The pods of every workload, found by their shape alone and not by the kinds' declarations: a gap there must not be a
 * gap here.
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

/** True for a map with a list of containers, each with a name and an image. */
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
  // A Job's pods must have one of these policies, and those of other workloads must not.
  const terminates = ['Never', 'OnFailure'].includes(spec.restartPolicy ?? '');
  return [
    // An init container with the restart policy Always is a sidecar.
    ...(spec.initContainers ?? []).map((c) => inPod(c, c.restartPolicy === 'Always' && !terminates)),
    ...spec.containers.map((c) => inPod(c, !terminates)),
  ];
}

/** The pods that a selector matches in a namespace. */
export function selected<T extends Pick<Pods, 'namespace' | 'labels'>>(
  pods: readonly T[],
  namespace: string | undefined,
  selector: LabelSelector | undefined,
): T[] {
  return pods.filter((p) => p.namespace === namespace && matches(selector, p.labels));
}

/** All ports that a pod's long-running containers declare. */
export function portsOf(pods: Pods): Port[] {
  return containersOf(pods).flatMap(({ container, longRunning }) => (longRunning ? (container.ports ?? []) : []));
}

/** The minimum replica count of a workload, its own or its autoscaler's; 1 if neither sets one. */
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
