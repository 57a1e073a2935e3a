import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { applySettings } from './apply-settings.ts';
import { container, LOGS } from './container.ts';
import { MANAGED_BY, PART_OF, selectorLabels, versionLabel } from './labels.ts';
import { lazy } from './lazy.ts';
import type { Metrics } from './metrics.ts';
import { bytesOf } from './quantity.ts';
import type { Endpoint } from './network.ts';
import { onChangeAnnotation } from './on-change.ts';
import { affinity } from './placement.ts';
import type { WorkloadProps } from './workload-props.ts';

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
  /** Where its containers serve metrics, for `scrape`. */
  readonly metrics: readonly Metrics[];
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
    this.metrics = props.containers.flatMap(({ metrics = [] }) => metrics);
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
    return {
      ...own,
      labels: { ...own.labels, ...this.version(), ...labels },
      annotations: { ...annotations, ...onChangeAnnotation(this.props.onChange, annotations) },
    };
  }

  /** Name and labels of its objects. */
  protected metadata(): { name: string; labels: Record<string, string> } {
    return { name: this.name, labels: { ...this.labels } };
  }

  private version(): Record<string, string> {
    const [main] = this.props.containers;
    return main ? versionLabel(main.image) : {};
  }

  protected podTemplate(spread: Partial<k8s.PodSpec> = {}): k8s.PodTemplateSpec {
    const { props } = this;
    return {
      metadata: {
        labels: {
          ...this.labels,
          [PART_OF]: 'slipway',
          [MANAGED_BY]: 'slipway',
          ...this.version(),
          ...props.podLabels,
        },
        annotations: props.podAnnotations,
      },
      spec: {
        serviceAccountName: this.name,
        automountServiceAccountToken: props.apiAccess ?? false,
        enableServiceLinks: false,
        hostUsers: lazy(() => (this.component.userNamespaces && !usesNode(props) ? false : undefined)),
        securityContext: podSecurity(props),
        initContainers: props.initContainers?.map((one) => container(one)),
        containers: props.containers.map((one, i) =>
          container(one, i === 0 ? LOGS + scratchBytes(props.volumes) : LOGS),
        ),
        volumes: props.volumes?.slice(),
        nodeSelector: { ...LINUX, ...props.nodeSelector },
        tolerations: props.settings.tolerations?.slice(),
        priorityClassName: props.priorityClassName ?? this.component.tier,
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

/** Every image is one for Linux; a cluster may have nodes with Windows too. */
const LINUX = { 'kubernetes.io/os': 'linux' };

/** True for pods that use the node itself, whose users they must then share. */
function usesNode({ volumes = [], containers }: WorkloadProps): boolean {
  return (
    volumes.some(({ hostPath }) => hostPath !== undefined) ||
    containers.some(({ securityContext }) => securityContext?.privileged === true)
  );
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
