import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { type ContainerProps, container, LOGS } from './container.ts';
import { MANAGED_BY, PART_OF, selectorLabels } from './labels.ts';
import { bytesOf } from './quantity.ts';
import type { Endpoint, Openings } from './network.ts';

/** What all kinds of workload share. */
export interface WorkloadProps {
  /** What it does in its component: `controller`, `webhook`. Part of its selector, so never renamed in place. */
  readonly role: string;
  /** @default the component's name, followed by the role unless that is `server` */
  readonly name?: string;
  /** Tells several of one component apart, such as two versions side by side. @default the component's name */
  readonly instance?: string;
  /** The first one is what the pod is for. */
  readonly containers: readonly ContainerProps[];
  readonly initContainers?: readonly ContainerProps[];
  readonly volumes?: readonly k8s.Volume[];
  /** User and group id of every process. @default 65532 */
  readonly user?: number;
  /** True if its containers call the Kubernetes API: mounts a token. @default false */
  readonly apiAccess?: boolean;
  /** True if it starts pods itself that call the API under its ServiceAccount: they get a token unasked. @default false */
  readonly startsPods?: boolean;
  /** Annotations of its ServiceAccount, such as the cloud identity it stands for. */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Seconds that it has for finishing its work after SIGTERM. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly k8s.Toleration[];
  readonly priorityClassName?: string;
  /** Where its pods must or would rather run, besides what keeps them apart. */
  readonly affinity?: k8s.Affinity;
  /** Who answers its look-ups; a server outside the cluster needs an opening too. @default 'ClusterFirst' */
  readonly dnsPolicy?: string;
  readonly dnsConfig?: k8s.PodDnsConfig;
  /** Pods of its namespace that must never share its node, by their labels. */
  readonly awayFrom?: readonly Readonly<Record<string, string>>[];
  /** Added to, or put in place of, the hardened pod settings; the caller says why. */
  readonly podSecurityContext?: k8s.PodSecurityContext;
  /** What it opens to and from what has no policy here; `connect` opens the way to other workloads. */
  readonly openings?: Openings;
}

/** A port of a Service, by name: the port it listens on, the container's port that it leads to, and a node's port if that is fixed. */
export type ServicePorts = Readonly<
  Record<string, { readonly port: number; readonly target: string; readonly nodePort?: number }>
>;

/**
 * A workload with what makes it safe to run: a ServiceAccount of its own, a hardened pod and its NetworkPolicy.
 * Deployment, StatefulSet, DaemonSet and Job build on it.
 */
export abstract class Workload extends Construct {
  readonly name: string;
  /** Labels that select its pods. */
  readonly labels: Readonly<Record<string, string>>;
  protected readonly component: Component;
  /** Its pods, to connect with others. */
  readonly endpoint: Endpoint;

  constructor(component: Component, props: WorkloadProps) {
    const name = props.name ?? (props.role === 'server' ? component.name : `${component.name}-${props.role}`);
    super(component, name);
    this.name = name;
    this.component = component;
    this.labels = selectorLabels(component.name, props.instance ?? component.name, props.role);
    const ports = Object.assign({}, ...props.containers.map((one) => one.ports ?? {})) as Endpoint['ports'];
    this.endpoint = component.endpoint(name, this.labels, props.openings, ports);
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { ...this.metadata(), annotations: props.serviceAccountAnnotations },
      automountServiceAccountToken: props.startsPods ?? false,
    });
  }

  /** The Service that leads to its pods, under its name. */
  service(
    ports: ServicePorts,
    spec: Partial<k8s.ServiceSpec> = {},
    annotations?: Record<string, string>,
    labels?: Record<string, string>,
  ): k8s.KubeService {
    const { name, labels: own } = this.metadata();
    return new k8s.KubeService(this, 'Service', {
      metadata: { name, labels: { ...own, ...labels }, annotations },
      spec: {
        type: spec.clusterIp === 'None' ? undefined : 'ClusterIP',
        ...spec,
        selector: this.labels,
        ports: servicePorts(ports),
      },
    });
  }

  /** Name and labels of its objects. */
  protected metadata(): { name: string; labels: Record<string, string> } {
    return { name: this.name, labels: { ...this.labels } };
  }

  protected podTemplate(props: WorkloadProps, spread: Partial<k8s.PodSpec> = {}): k8s.PodTemplateSpec {
    return {
      metadata: {
        labels: { ...this.labels, [PART_OF]: 'slipway', [MANAGED_BY]: 'slipway', ...props.podLabels },
        annotations: props.podAnnotations,
      },
      spec: {
        serviceAccountName: this.name,
        automountServiceAccountToken: props.apiAccess ?? false,
        enableServiceLinks: false,
        securityContext: podSecurity(props),
        initContainers: props.initContainers?.map((one) => container(one)),
        containers: props.containers.map((one, i) =>
          container(one, i === 0 ? LOGS + scratchBytes(props.volumes) : LOGS),
        ),
        volumes: props.volumes?.slice(),
        nodeSelector: props.nodeSelector,
        tolerations: props.tolerations?.slice(),
        priorityClassName: props.priorityClassName,
        terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? 30,
        dnsPolicy: props.dnsPolicy,
        dnsConfig: props.dnsConfig,
        ...spread,
        affinity: affinity(props, spread.affinity),
      },
    };
  }

  /** At most one pod at a time goes for a node's maintenance; a pod that is not ready never blocks it. */
  protected disruptionBudget(): void {
    new k8s.KubePodDisruptionBudget(this, 'PodDisruptionBudget', {
      metadata: this.metadata(),
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: this.labels },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

/** What its kind asks for, what it must be away from, and what it was given, together. */
function affinity(
  { affinity: given = {}, awayFrom = [] }: WorkloadProps,
  own: k8s.Affinity = {},
): k8s.Affinity | undefined {
  const required = [own, given].flatMap(
    (side) => side.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
  );
  const terms = [...required, ...awayFrom.map(onOtherNode)];
  const apart = terms.length > 0 && {
    podAntiAffinity: { ...given.podAntiAffinity, requiredDuringSchedulingIgnoredDuringExecution: terms },
  };
  const all = { ...given, ...apart };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Never on a node that runs a pod with these labels. */
export function onOtherNode(labels: Readonly<Record<string, string>>): k8s.PodAffinityTerm {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
}

/** Evenly over zones and nodes, as far as there are any: one zone less must not leave pods pending. */
export function spreadOver(
  labels: Readonly<Record<string, string>>,
  perRevision: boolean,
): k8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
    // Else the pods of the old revision count while a new one rolls out, and the spread ends up lopsided.
    matchLabelKeys: perRevision ? ['pod-template-hash'] : undefined,
  }));
}

/** What a pod's volumes on the node's disk may hold; the kubelet counts it to the limits of its containers. */
function scratchBytes(volumes: readonly k8s.Volume[] = []): number {
  const sizes = volumes.flatMap(({ emptyDir }) =>
    emptyDir?.sizeLimit && emptyDir.medium !== 'Memory' ? [String(emptyDir.sizeLimit.value)] : [],
  );
  return sizes.reduce((sum, size) => sum + bytesOf(size), 0);
}

function podSecurity({ user = 65532, podSecurityContext }: WorkloadProps): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
    ...podSecurityContext,
  };
}

function servicePorts(ports: ServicePorts): k8s.ServicePort[] {
  return Object.entries(ports).map(([name, { port, target, nodePort }]) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(target),
    nodePort,
    protocol: 'TCP',
  }));
}
