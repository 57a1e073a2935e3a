import type { k8s } from 'cdk8s-plus-28';
import type { ContainerProps } from './container.ts';
import type { Openings } from './network.ts';
import type { OnChanges } from './on-change.ts';
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
  /** What a change of a ConfigMap or Secret means, by `Secret/name`, with the reason. @default it rolls the pods */
  readonly onChange?: OnChanges;
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
  /** @default that of the component's tier */
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
