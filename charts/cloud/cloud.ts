import type { IClusterIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer';
import type { AddressRange, Opening, Pods } from '../lib/network.ts';
import type { Storage } from '../lib/stateful-set.ts';
import type { SecretStoreProvider } from '../lib/types/external-secrets.ts';
import { objectIdentity } from '../lib/manifest.ts';
import type { CloudName } from './clouds.ts';

/** Who a workload is to its cloud: no keys, only marks that the cloud turns into short-lived credentials. */
export interface Identity {
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Environment that the cloud's client library needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the credentials come from. */
  readonly openings: readonly Opening[];
}

/** How traffic from outside reaches the gateway with the client's address kept. */
export interface LoadBalancer {
  readonly type: 'LoadBalancer' | 'NodePort';
  readonly loadBalancerClass?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Port of each node by the Service port's name, where there is no load balancer. */
  readonly nodePorts?: Readonly<Record<'web' | 'websecure', number>>;
  /** Nodes that traffic arrives at, where it does not arrive at all of them. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Addresses that speak the PROXY protocol to the gateway; none where the packets keep the client's address. */
  readonly proxyProtocolFrom?: readonly string[];
  /** What DNS records point at, where the Service does not say. */
  readonly address?: string;
}

/** The cloud's DNS zone: who writes records, and how a domain is proven to a certificate authority. */
export interface DnsZone {
  /** external-dns's provider flags. */
  readonly args: readonly string[];
  /** A file that external-dns reads: nothing secret. */
  readonly config?: { readonly path: string; readonly content: string };
  /** cert-manager's DNS-01 solver. */
  readonly solver: AcmeSolver['dns01'];
}

/** Where backups go, and how volumes get there. */
export interface BackupTarget {
  /** Velero's object store plugin. */
  readonly plugin: 'aws' | 'azure';
  readonly bucket: string;
  readonly config: Readonly<Record<string, string>>;
  /** CSI driver whose snapshots are moved to the object store; none where files are copied from the nodes. */
  readonly snapshotDriver?: string;
}

/** One solver of an ACME issuer. */
export type AcmeSolver = NonNullable<NonNullable<NonNullable<IClusterIssuer['spec']>['acme']>['solvers']>[number];

/** What differs between clouds, and the only place where it does. */
export interface Cloud {
  /** Its name in `clouds.ts`. */
  readonly kind: CloudName;
  /** Objects and capabilities that are there before the first sync, beyond what every cluster has. */
  readonly brings: readonly string[];
  /** Who answers name look-ups. */
  readonly dns: readonly (Pods | AddressRange)[];
  /** Addresses that pods may have. */
  readonly podCidrs: readonly string[];
  readonly storage: Storage;
  /** The StorageClass behind it, where the cloud brings the driver alone. */
  readonly storageClass?: { readonly provisioner: string; readonly parameters: Readonly<Record<string, string>> };
  readonly loadBalancer: LoadBalancer;
  readonly secretStore: SecretStoreProvider;
  /** Put before every secret's name in the store. */
  readonly secretPrefix: string;
  /** The public zone of the cluster's domain; none on a laptop. */
  readonly zone?: DnsZone;
  /** The object store for backups; none where the cluster runs its own. */
  readonly backups?: BackupTarget;
  /** True if kubelets have self-signed certificates, which metrics-server then must not check. */
  readonly kubeletSelfSigned: boolean;
  /** The cloud identity of a component. */
  identity(component: CloudUser): Identity;
}

/** What a cloud is told of the cluster. */
export interface ClusterName {
  readonly name: string;
  readonly domain: string;
}

/** Components that call their cloud's API. */
export const CLOUD_USERS = ['cert-manager', 'external-dns', 'external-secrets', 'velero'] as const;
export type CloudUser = (typeof CLOUD_USERS)[number];

/** The pods of the cluster's DNS. */
export const KUBE_DNS: Pods = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/** The identity of a StorageClass, for `brings`. */
export function storageClass(name: string): string {
  return objectIdentity('storage.k8s.io', 'StorageClass', undefined, name);
}

/** Objects and capabilities that a cluster has before its first sync, Argo CD's own among them. */
export function platformOf(cloud: Cloud): ReadonlySet<string> {
  return new Set([...EVERYWHERE, ...cloud.brings]);
}

const RBAC = 'rbac.authorization.k8s.io';
const EVERYWHERE = [
  ...['default', 'kube-system', 'argocd'].map((name) => objectIdentity('', 'Namespace', undefined, name)),
  objectIdentity('', 'ServiceAccount', 'argocd', 'argocd-application-controller'),
  ...['cluster-admin', 'system:auth-delegator'].map((name) => objectIdentity(RBAC, 'ClusterRole', undefined, name)),
  objectIdentity(RBAC, 'Role', 'kube-system', 'extension-apiserver-authentication-reader'),
  ...['system-cluster-critical', 'system-node-critical'].map((name) =>
    objectIdentity('scheduling.k8s.io', 'PriorityClass', undefined, name),
  ),
  'crd:argoproj.io/applications',
  'crd:argoproj.io/appprojects',
];
