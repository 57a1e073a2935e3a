import type { CertManagerArgs, types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { envSource, labels, map, nodeSelector, volumeSources } from '../../lib/kubernetes-settings.ts';
import { sectionOf } from './plain.ts';
import {
  cainjectorSettings,
  HARDENED,
  PINNED,
  sharedFields,
  webhookSettings,
  workloadFields,
} from './workload-settings.ts';

// The fields of Pulumi's CertManagerArgs, each either supported or rejected with a reason. Only the types of the
// package are used: rendering needs neither the Pulumi engine nor Helm.

const OWN_NAMESPACE = 'the component runs in the namespace "cert-manager", and so do its leases and Secrets; remove it';

const duration = z.string().regex(/^(\d+[hms])+$/, 'must be a duration such as "60s" or "1m30s"');

/** Pulumi's list of environment variables; the shared setting `env` is a map. */
const extraEnv = z.array(
  z
    .strictObject({ name: z.string(), value: z.string().optional(), valueFrom: envSource.optional() })
    .refine(
      (one) => (one.value === undefined) !== (one.valueFrom === undefined),
      'must have either value or valueFrom',
    ),
);

/** DNS configuration of a pod, in addition to its `dnsPolicy`. */
const dnsConfig = z.strictObject({
  nameservers: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  options: z.array(z.strictObject({ name: z.string(), value: z.string().optional() })).optional(),
  searches: z.array(z.string()).optional(),
});

const volumeMounts = z.array(
  z.strictObject({
    name: z.string(),
    mountPath: z.string(),
    subPath: z.string().optional(),
    readOnly: z.literal(true).optional(),
  }),
);

const leaderElection = sectionOf<types.input.CertManagerGlobalLeaderElectionArgs>()(
  {
    /** How long other replicas wait before they take over from an unresponsive leader. @default '60s' */
    leaseDuration: duration.default('60s'),
    /** How long the leader retries renewing its lease, every 15 s, before it gives up. @default '40s' */
    renewDeadline: duration.default('40s'),
  },
  { namespace: OWN_NAMESPACE },
).refine(
  ({ leaseDuration, renewDeadline }) =>
    seconds(leaseDuration) > seconds(renewDeadline) && seconds(renewDeadline) > RENEWAL_SECONDS,
  {
    error:
      'leaseDuration must be longer than renewDeadline, and renewDeadline longer than 18s, or the controllers exit',
  },
);

/** Retry period of renewals of 15 s, with the jitter factor of client-go. */
const RENEWAL_SECONDS = 18;

const global = sectionOf<types.input.CertManagerGlobalArgs>()(
  {
    leaderElection: leaderElection.prefault({}),
    /** Log verbosity, 0 to 6. @default 2 */
    logLevel: z.int().min(0).max(6).default(2),
    /** Of all three. @default that of the platform */
    priorityClassName: z.string().optional(),
  },
  {
    imagePullSecrets:
      'nodes pull with their own identity, as on AKS and EKS from the cloud registry; mirror the images and pin the mirror',
    podSecurityPolicy: 'Kubernetes removed it in 1.25; the namespace enforces Pod Security restricted; remove it',
    rbac: 'roles are always rendered, with least privilege; remove it',
  },
);

/** Section `certManager`: Pulumi's CertManagerArgs and the ACME account. */
export const certManagerSettings = sectionOf<CertManagerArgs>()(
  {
    ...workloadFields,
    cainjector: cainjectorSettings.prefault({}),
    /** Additional environment variables. @default none */
    extraEnv: extraEnv.optional(),
    /** Mounts of `extraVolumes`, read-only. @default none */
    extraVolumeMounts: volumeMounts.optional(),
    /** ConfigMaps, Secrets and CSI volumes. @default none */
    extraVolumes: z.array(z.strictObject({ name: z.string(), ...volumeSources })).optional(),
    /** `Gate=true,Other=false` for the controller. @default none */
    featureGates: z
      .string()
      .regex(/^\w+=(true|false)(,\w+=(true|false))*$/, 'must be "Gate=true,Other=false"')
      .refine((gates) => !gates.includes('ExperimentalCertificateSigningRequestControllers=true'), {
        error:
          'ExperimentalCertificateSigningRequestControllers needs permissions on CertificateSigningRequests that are not granted: remove it',
      })
      .optional(),
    global: global.prefault({}),
    /** Proxy URL for HTTP. @default none */
    http_proxy: z.url({ protocol: /^https?$/ }).optional(),
    /** Proxy URL for HTTPS: ACME and the cloud's DNS API. @default none */
    https_proxy: z.url({ protocol: /^https?$/ }).optional(),
    /** Hosts and CIDRs that bypass the proxy; the API server always does. @default [] */
    no_proxy: z.array(z.string()).default([]),
    /** Nodes for the controller; by Pulumi's type a NodeSelector, not a map. @default any */
    nodeSelector: nodeSelector.optional(),
    /** @default none */
    podDnsConfig: dnsConfig.optional(),
    /** DNS policy of the controller's pods. @default 'ClusterFirst' */
    podDnsPolicy: z.enum(['ClusterFirst', 'Default', 'None']).optional(),
    /** Annotations of the controller's metrics Service. @default none */
    serviceAnnotations: map.optional(),
    /** Labels of the controller's metrics Service. @default none */
    serviceLabels: labels.optional(),
    webhook: webhookSettings.prefault({}),
  },
  {
    clusterResourceNamespace: OWN_NAMESPACE,
    containerSecurityContext: HARDENED,
    helmOptions: 'Helm is not used: manifests are rendered from TypeScript and synced by Argo CD; remove it',
    image: PINNED,
    ingressShim: 'certificates are not created from annotations; add a Certificate with an issuerRef instead',
    installCRDs: 'the component "cert-manager-crds" installs them, from upstream at the pinned tag; remove it',
    prometheus:
      'metrics are always served, on port 9402; the component that scrapes them opens the NetworkPolicy; remove it',
    securityContext: HARDENED,
    startupapicheck: 'issuers are synced after the webhook is ready, with retries; no Job is needed; remove it',
  },
)
  .extend({
    ...sharedFields,
    /** Contact address of the ACME accounts; required if the cluster has a public DNS zone. */
    acmeEmail: z.email().optional(),
    /** Let's Encrypt environment; `staging` has higher rate limits and untrusted certificates. @default 'production' */
    acmeServer: z.enum(['production', 'staging']).default('production'),
  })
  .refine(
    ({ nodeSelector: nodes, affinity: all }) =>
      !nodes || !all?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    {
      error:
        'nodeSelector and affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution conflict: put all terms into one of them',
      path: ['nodeSelector'],
    },
  )
  .refine(
    ({ extraVolumes = [], extraVolumeMounts = [] }) =>
      extraVolumeMounts.every((mount) => extraVolumes.some(({ name }) => name === mount.name)) &&
      extraVolumes.every(({ name }) => extraVolumeMounts.some((mount) => name === mount.name)),
    {
      error: 'each volume of extraVolumes needs a mount of the same name, and each mount a volume: correct the names',
      path: ['extraVolumeMounts'],
    },
  )
  .refine(({ podDnsPolicy, podDnsConfig }) => podDnsPolicy !== 'None' || (podDnsConfig?.nameservers ?? []).length > 0, {
    error: 'with podDnsPolicy "None", podDnsConfig.nameservers must have at least one entry',
    path: ['podDnsPolicy'],
  });

/** The values of the section, with defaults applied. */
export type CertManagerSettings = z.output<typeof certManagerSettings>;

function seconds(text: string): number {
  const unit = { h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, name]) => sum + Number(count) * unit[name as keyof typeof unit],
    0,
  );
}
