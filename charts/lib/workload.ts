import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { applySettings } from './apply-settings.ts';
import { type ContainerProps, container, LOGS } from './container.ts';
import { MANAGED_BY, PART_OF, selectorLabels } from './labels.ts';
import { bytesOf } from './quantity.ts';
import type { Endpoint, Openings } from './network.ts';
import type { WorkloadSettings } from './workload-settings.ts';

/** Options common to all workloads. */
export interface WorkloadProps {
  /** What a cluster file changes of it: fields of the component's section, by `workloadSettings`. */
  readonly settings: WorkloadSettings;
  /** Role in its component: `controller`, `webhook`. Part of its selector, so it must never change. */
  readonly role: string;
  /** @default the component's name, with the role as suffix unless that is `server` */
  readonly name?: string;
  /** Distinguishes instances in one component, such as two versions side by side. @default the component's name */
  readonly instance?: string;
  /** The first one is the main container. */
  readonly containers: readonly ContainerProps[];
  readonly initContainers?: readonly ContainerProps[];
  readonly volumes?: readonly k8s.Volume[];
  /** UID and GID of every process. @default 65532 */
  readonly user?: number;
  /** True if its containers call the Kubernetes API: mounts a ServiceAccount token. @default false */
  readonly apiAccess?: boolean;
  /** True if it starts pods that call the API: its ServiceAccount then mounts a token by default. @default false */
  readonly startsPods?: boolean;
  /** Annotations of its ServiceAccount, such as those of a cloud identity. */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Seconds between SIGTERM and SIGKILL. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  /** Secret with the credentials of a private registry. @default none */
  readonly imagePullSecret?: string;
  /** DNS policy of its pods; a DNS server outside the cluster also needs an opening. @default 'ClusterFirst' */
  readonly dnsPolicy?: string;
  readonly dnsConfig?: k8s.PodDnsConfig;
  /** Labels of pods in its namespace that must never run on the same node. */
  readonly awayFrom?: readonly Readonly<Record<string, string>>[];
  /** Overrides fields of the hardened default; the caller documents the reason. */
  readonly podSecurityContext?: k8s.PodSecurityContext;
  /** Traffic to and from peers without a policy in this repository; for other workloads use `connect`. */
  readonly openings?: Openings;
}

/** Ports of a Service by name; `target` is the name of the container port. */
export type ServicePorts = Readonly<
  Record<string, { readonly port: number; readonly target: string; readonly nodePort?: number }>
>;

/**
 * Base class of Deployment, StatefulSet, DaemonSet and Job: a hardened pod with a ServiceAccount and a NetworkPolicy of
 * its own.
 */
export abstract class Workload<Props extends WorkloadProps = WorkloadProps> extends Construct {
  readonly name: string;
  /** Selector labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  protected readonly component: Component;
  /** With the settings applied. */
  protected readonly props: Props;
  /** Its pods, for `connect`. */
  readonly endpoint: Endpoint;
  /** Ports of its Service; none before `service` is called. */
  servicePorts: ServicePorts = {};

  /** @throws Fault if a setting conflicts with what the component sets */
  constructor(component: Component, props: Props) {
    const name = props.name ?? (props.role === 'server' ? component.name : `${component.name}-${props.role}`);
    super(component, name);
    this.name = name;
    this.component = component;
    this.props = applySettings(component, name, props);
    this.labels = selectorLabels(component.name, props.instance ?? component.name, props.role);
    const ports = Object.assign({}, ...props.containers.map((one) => one.ports ?? {})) as Endpoint['ports'];
    this.endpoint = component.endpoint(name, this.labels, props.openings, ports);
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { ...this.metadata(), annotations: props.serviceAccountAnnotations },
      automountServiceAccountToken: props.startsPods ?? false,
    });
  }

  /** Adds a Service of the same name for its pods. */
  service(
    ports: ServicePorts,
    spec: Partial<k8s.ServiceSpec> = {},
    annotations?: Record<string, string>,
    labels?: Record<string, string>,
  ): k8s.KubeService {
    const { name, labels: own } = this.metadata();
    this.servicePorts = ports;
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

  /** Metadata of the workload itself. */
  protected ownMetadata(): k8s.ObjectMeta {
    const { labels, annotations } = this.props.settings;
    const own = this.metadata();
    return { ...own, labels: { ...own.labels, ...labels }, annotations };
  }

  /** Name and labels of its objects. */
  protected metadata(): { name: string; labels: Record<string, string> } {
    return { name: this.name, labels: { ...this.labels } };
  }

  protected podTemplate(spread: Partial<k8s.PodSpec> = {}): k8s.PodTemplateSpec {
    const { props } = this;
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
        tolerations: props.settings.tolerations?.slice(),
        priorityClassName: props.priorityClassName,
        imagePullSecrets: props.imagePullSecret === undefined ? undefined : [{ name: props.imagePullSecret }],
        terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? 30,
        dnsPolicy: props.dnsPolicy,
        dnsConfig: props.dnsConfig,
        ...spread,
        affinity: affinity(props, spread.affinity),
      },
    };
  }

  /** Allows evictions of one pod at a time; pods that are not ready can always be evicted. */
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

/** Merges the affinity of the kind of workload, `awayFrom`, and that of the settings. */
function affinity(
  { settings: { affinity: given = {} }, awayFrom = [] }: WorkloadProps,
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

/** Anti-affinity term: not on a node that runs a pod with these labels. */
export function onOtherNode(labels: Readonly<Record<string, string>>): k8s.PodAffinityTerm {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
}

/** Spread over zones and nodes, best effort: the loss of a zone must not leave pods Pending. */
export function spreadOver(
  labels: Readonly<Record<string, string>>,
  perRevision: boolean,
): k8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
    // Otherwise pods of the old revision are counted during a rollout, which ends with an uneven spread.
    matchLabelKeys: perRevision ? ['pod-template-hash'] : undefined,
  }));
}

/** Size limit of all emptyDir volumes on disk; the kubelet counts them against the containers' ephemeral-storage. */
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
