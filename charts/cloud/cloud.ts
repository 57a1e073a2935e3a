import type { IClusterIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer';
import type { AddressRange, Opening, Pods } from '../lib/network.ts';
import { capability } from '../kinds/kind.ts';
import type { Storage } from '../lib/stateful-set.ts';
import type { SecretStoreProvider } from '../lib/types/external-secrets.ts';
import { objectIdentity } from '../lib/manifest.ts';
import type { CloudName } from './clouds.ts';
import type { OutsideDatabases } from './databases.ts';
import type { SecretCommands } from './secret-commands.ts';

/** Cloud identity of a workload: no keys, only metadata that the cloud exchanges for short-lived credentials. */
export interface WorkloadIdentity {
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Environment variables that the cloud's SDK needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Egress to the endpoints that issue the credentials. */
  readonly openings: readonly Opening[];
}

/** How external traffic reaches the gateway with the client address preserved. */
export interface LoadBalancer {
  readonly type: 'LoadBalancer' | 'NodePort';
  readonly loadBalancerClass?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Node ports by the name of the Service port, where there is no load balancer. */
  readonly nodePorts?: Readonly<Record<'web' | 'websecure', number>>;
  /** Nodes that receive the traffic, if not all of them. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** CIDRs that use the PROXY protocol towards the gateway; none where packets keep the client address. */
  readonly proxyProtocolFrom?: readonly string[];
  /** Target of DNS records, where the status of the Service has none. */
  readonly address?: string;
}

/** The cloud's DNS zone: how records are written, and how the domain is validated by DNS-01. */
export interface DnsZone {
  /** external-dns's provider flags, with the filters by which it finds the zone and writes names of the domain only. */
  readonly args: readonly string[];
  /** Configuration file of external-dns; not secret. */
  readonly config?: { readonly path: string; readonly content: string };
  /** An API token that external-dns reads from an environment variable, in a Secret of `secretsByHand`. */
  readonly token?: { readonly variable: string; readonly secret: Omit<SecretByHand, 'namespace'> };
  /** cert-manager's DNS-01 solver. */
  readonly solver: AcmeSolver['dns01'];
}

/** Where backups are stored, and how volume data gets there. */
export interface BackupTarget {
  /** Velero's object store plugin. */
  readonly plugin: 'aws' | 'azure' | 'gcp';
  readonly bucket: string;
  readonly config: Readonly<Record<string, string>>;
  /** Entry of the secret store that people keep, with the keys `accessKey` and `secretKey`; none with a cloud identity. */
  readonly keysEntry?: string;
  /** CSI driver whose snapshots are moved to the object store; none for file-system backups from the nodes. */
  readonly snapshotDriver?: string;
}

/** The StorageClass of all volumes: one that keeps disks whose claims are gone, or why it is not Slipway's to make. */
export type StorageClass = CreatedStorageClass | ExistingStorageClass;

/** A StorageClass to create, with reclaim policy Retain. */
export interface CreatedStorageClass {
  /** CSI driver that provisions the volumes. */
  readonly provisioner: string;
  /** Parameters of the driver, such as disk type and encryption. */
  readonly parameters: Readonly<Record<string, string>>;
  /** True if the driver can expand volumes. */
  readonly expands: boolean;
}

/** A StorageClass that the cluster has before the first sync. */
export interface ExistingStorageClass {
  /** Why none is created. */
  readonly existingBecause: string;
  /** True if it allows volume expansion. */
  readonly expands: boolean;
}

/** A key of a Secret that people create, in the namespace of the component that reads it. */
export interface SecretByHand {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** One solver of an ACME issuer. */
export type AcmeSolver = NonNullable<NonNullable<NonNullable<IClusterIssuer['spec']>['acme']>['solvers']>[number];

/** All that differs between clouds. */
export interface Cloud {
  /** Its name in `clouds.ts`. */
  readonly kind: CloudName;
  /** Objects and capabilities present before the first sync, in addition to those of every cluster. */
  readonly preinstalled: readonly string[];
  /** Secrets that people create before the first sync, because nothing can fetch them yet. @default none */
  readonly secretsByHand?: readonly SecretByHand[];
  /** DNS servers that pods may query. */
  readonly dns: readonly (Pods | AddressRange)[];
  /**
   * Addresses of the API server: of its Service and of itself, because some network plugins compare policies with a
   * packet's destination before the Service's address is translated, and most after.
   */
  readonly apiServer: readonly AddressRange[];
  /** Addresses that nodes may have, where their kubelets serve: without those of pods, as far as the cloud tells them apart. */
  readonly nodes: readonly AddressRange[];
  /** CIDRs of the pod network. */
  readonly podCidrs: readonly string[];
  readonly storage: Storage;
  /** The StorageClass of `storage`. */
  readonly storageClass: StorageClass;
  readonly loadBalancer: LoadBalancer;
  readonly secretStore: SecretStoreProvider;
  /** Prefix of every secret name in the store. */
  readonly secretPrefix: string;
  /**
   * Regions to which the store copies every entry, if it copies none by itself: those that hold a copy of the backups, which
   * cannot be read without them. @default none
   */
  readonly secretReplicaRegions?: readonly string[];
  /** How people write and read entries of the store. */
  readonly secretCommands: SecretCommands;
  /** The public zone of the cluster's domain; none on a local cluster. */
  readonly zone?: DnsZone;
  /** The object store for backups; none where the cluster runs its own. */
  readonly backups?: BackupTarget;
  /** Databases outside of the cluster, by the name of the component that each is for; undefined where none can be made. */
  readonly databases?: OutsideDatabases;
  /** True if kubelets have self-signed certificates, which metrics-server then must not verify. */
  readonly kubeletSelfSigned: boolean;
  /**
   * True if nodes can give each pod a user namespace of its own: Linux 6.3, containerd 2.0 and runc 1.2, or newer, and file
   * systems of volumes with idmapped mounts. Elsewhere such a pod does not start.
   */
  readonly userNamespaces: boolean;
  /** The cloud identity of a component. */
  workloadIdentity(component: CloudUser): WorkloadIdentity;
}

/** Name and domain of a cluster. */
export interface ClusterName {
  readonly name: string;
  readonly domain: string;
}

/** Components that call the cloud's API. */
export const CLOUD_USERS = ['cert-manager', 'external-dns', 'external-secrets', 'velero'] as const;
export type CloudUser = (typeof CLOUD_USERS)[number];

/** The pods of cluster DNS. */
export const KUBE_DNS = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } } satisfies Pods;

/** Object identity of a StorageClass, for `preinstalled`. */
export function storageClass(name: string): string {
  return objectIdentity('storage.k8s.io', 'StorageClass', undefined, name);
}

/** What decides which objects and capabilities a cluster has before its first sync. */
export interface BeforeFirstSync {
  readonly cloud: Pick<Cloud, 'preinstalled' | 'secretPrefix' | 'secretsByHand'>;
  readonly settings: { readonly secrets: readonly string[] };
}

/** Objects and capabilities that a cluster has before its first sync, including Argo CD's and what people provide. */
export function preinstalledOn({ cloud, settings }: BeforeFirstSync): ReadonlySet<string> {
  const kept = settings.secrets.map((name) => capability.remoteSecret(`${cloud.secretPrefix}${name}`));
  const byHand = (cloud.secretsByHand ?? []).map(({ namespace, name }) =>
    objectIdentity('', 'Secret', namespace, name),
  );
  return new Set([...EVERYWHERE, ...cloud.preinstalled, ...kept, ...byHand]);
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
