import { z } from 'zod';
import { hostName, httpsUrl, portNumber } from '../../lib/host.ts';
import { CLOUD_USERS, type CloudUser, KUBE_DNS } from '../cloud.ts';
import { databasesFact } from '../databases.ts';
import { address, cidr, dnsPods, strings, traffic } from './network.ts';

const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, such as example-backups');
const projectId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the id of a Google Cloud project, such as example-dns');

/** True if `_acme-challenge` of the domain is delegated by a CNAME record, to a zone with the same access. @default false */
const followCname = z.boolean().default(false);

/** The public zone of the cluster's domain; `zone` is its name: the domain, which is the default, or one above it. */
const dnsZone = z.discriminatedUnion('provider', [
  /** Cloud DNS, with workload identity. */
  z.strictObject({
    provider: z.literal('google'),
    project: projectId,
    zone: hostName.optional(),
    follow_cname: followCname,
  }),
  /** Cloudflare, with an API token in Secrets that people create. */
  z.strictObject({
    provider: z.literal('cloudflare'),
    zone: hostName.optional(),
    follow_cname: followCname,
    /** Id of a zone above the domain. @default none: the zone has the name of the domain */
    zone_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'must be the id of a zone: 32 hexadecimal digits, on its overview page')
      .optional(),
  }),
  /** A name server that takes dynamic updates, such as BIND or PowerDNS, with a TSIG key in Secrets likewise. */
  z.strictObject({
    provider: z.literal('rfc2136'),
    /** Address of the server; it must permit updates and zone transfers to the key. */
    server: address,
    /** Name of the zone: the domain, or one above it. */
    zone: hostName,
    follow_cname: followCname,
    key_name: z.string().min(1),
    /** @default 'hmac-sha256' */
    key_algorithm: z.enum(['hmac-sha256', 'hmac-sha512']).default('hmac-sha256'),
  }),
]);

/** Where generated secrets are kept. */
const secretStore = z.discriminatedUnion('provider', [
  /** A namespace of the cluster itself: lost with the cluster. */
  z.strictObject({ provider: z.literal('kubernetes') }),
  /** HashiCorp Vault or OpenBao: a key/value engine of version 2, and Kubernetes authentication. */
  z.strictObject({
    provider: z.literal('vault'),
    server: httpsUrl,
    /** Mount path of the key/value engine. */
    path: z.string().min(1),
    role: z.string().min(1),
    /** Mount path of the authentication method. @default 'kubernetes' */
    auth_path: z.string().min(1).default('kubernetes'),
    /** Certificates, as base64 of PEM, that sign the server's. @default those of the image */
    ca_bundle: z.base64('must be base64 of PEM').optional(),
  }),
  /** Google Secret Manager, with workload identity. */
  z.strictObject({ provider: z.literal('google'), project: projectId }),
]);

/** CSI driver whose snapshots are moved to the bucket. @default none: files are copied from the nodes */
const snapshotDriver = z.string().min(1).optional();

/** The object store for backups. */
const backups = z.discriminatedUnion('provider', [
  /** Any store with the API of S3, with access keys that people keep in the secret store. */
  z.strictObject({
    provider: z.literal('s3'),
    endpoint: httpsUrl,
    bucket: bucketName,
    /** @default 'us-east-1', which most stores other than Amazon's ignore */
    region: z.string().min(1).default('us-east-1'),
    /** Entry of `secrets` in the cluster file, with the keys `accessKey` and `secretKey`. @default 'backups' */
    secret: z.string().min(1).default('backups'),
    snapshot_driver: snapshotDriver,
  }),
  /** Cloud Storage, with workload identity. */
  z.strictObject({
    provider: z.literal('google'),
    bucket: bucketName,
    /** Google service account that signs the download URLs of logs. @default none: logs cannot be downloaded */
    service_account: z.email().optional(),
    snapshot_driver: snapshotDriver,
  }),
]);

/** How pods get the credentials of a cloud without keys. */
const workloadIdentity = z.strictObject({
  /** Annotations of the ServiceAccounts, by component. @default none */
  service_account_annotations: z.strictObject(annotationsByComponent()).optional(),
  /** Endpoints that issue the credentials. */
  endpoints: z.array(z.strictObject({ cidr, ports: z.array(portNumber).min(1) })).min(1),
});

function annotationsByComponent(): Record<CloudUser, z.ZodOptional<typeof strings>> {
  return Object.fromEntries(CLOUD_USERS.map((user) => [user, strings.optional()])) as ReturnType<
    typeof annotationsByComponent
  >;
}

/** What a cluster may have before its first sync. */
export const PREINSTALLED = ['metrics-api', 'snapshot-definitions'] as const;

/** Schema of the facts of a generic cluster, which people write. */
export const genericFacts = z
  .strictObject({
    /** CIDRs of the pod network. */
    pod_cidrs: z.array(cidr).min(1),
    /**
     * Addresses of the API server and of its Service. @default []: they are not known, and pods may call any address at
     * its ports
     */
    api_server_cidrs: z.array(cidr).default([]),
    /** Pods of cluster DNS and of caches on the nodes. @default those with the label `k8s-app: kube-dns` */
    dns_pods: z.array(dnsPods).min(1).default([KUBE_DNS]),
    /** Addresses of DNS servers that are no pods. @default [] */
    dns_server_cidrs: z.array(cidr).default([]),
    storage: z.strictObject({
      /** The StorageClass: an existing one, or the name of the one to create. */
      class: z.string().min(1),
      /** Driver of a StorageClass to create, which keeps disks whose claims are gone. @default none: it exists */
      provisioner: z.string().min(1).optional(),
      /** Parameters of the driver. @default none */
      parameters: strings.optional(),
      /** True if volumes can grow: the driver, and the StorageClass if it exists, must allow it. @default false */
      expandable: z.boolean().default(false),
      /** Annotations of the claims, for the provisioner. @default none */
      claim_annotations: strings.optional(),
    }),
    traffic,
    /** @default none: a private CA issues the certificates, and no DNS records are written */
    dns_zone: dnsZone.optional(),
    secret_store: secretStore,
    /** @default none: the section "objectStore" holds the backups */
    backups: backups.optional(),
    databases: databasesFact,
    workload_identity: workloadIdentity.optional(),
    /** True if kubelets have self-signed certificates, as kubeadm makes them by default. @default false */
    kubelet_self_signed: z.boolean().default(false),
    /** True if the nodes support user namespaces of pods. @default false */
    user_namespaces: z.boolean().default(false),
    /** What the cluster has before the first sync. @default [] */
    preinstalled: z.array(z.enum(PREINSTALLED)).default([]),
  })
  .superRefine(({ workload_identity, preinstalled, ...facts }, context) => {
    const report = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    for (const fact of ['dns_zone', 'secret_store', 'backups'] as const)
      if (facts[fact]?.provider === 'google' && workload_identity === undefined)
        report([fact, 'provider'], 'add "workload_identity": its endpoints issue the credentials for Google');
    if (facts.dns_zone?.provider === 'cloudflare' && Boolean(facts.dns_zone.zone) !== Boolean(facts.dns_zone.zone_id))
      report(['dns_zone'], 'name both "zone" and "zone_id" of a zone above the domain, or neither');
    if (facts.storage.parameters !== undefined && facts.storage.provisioner === undefined)
      report(['storage', 'parameters'], 'add "provisioner": parameters are those of a StorageClass to create');
    if (facts.backups?.snapshot_driver !== undefined && !preinstalled.includes('snapshot-definitions'))
      report(
        ['backups', 'snapshot_driver'],
        'install the snapshot controller with its definitions, and add "snapshot-definitions" to "preinstalled"',
      );
  });

/** Checked facts, with defaults applied. */
export type GenericFacts = z.output<typeof genericFacts>;
