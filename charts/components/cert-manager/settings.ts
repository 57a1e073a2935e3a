import type { CertManagerArgs, types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { proxyUrl } from '../../lib/host.ts';
import { objectName } from '../../lib/kubernetes-names.ts';
import { labels, objectAnnotations } from '../../lib/kubernetes-settings.ts';
import { nodeSelector } from '../../lib/placement-settings.ts';
import { CONTROLLER_GATES, gatesMistake } from './feature-gates.ts';
import { isLonger } from './flags.ts';
import { checkNames } from './names.ts';
import { sectionOf } from './plain.ts';
import { dnsConfig, extraEnv, volumeMounts, volumes } from './pod-fields.ts';
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

const leaderElection = sectionOf<types.input.CertManagerGlobalLeaderElectionArgs>()(
  {
    /** How long other replicas wait before they take over from an unresponsive leader. @default '60s' */
    leaseDuration: duration.default('60s'),
    /** How long the leader retries renewing its lease, every 15 s, before it gives up. @default '40s' */
    renewDeadline: duration.default('40s'),
  },
  { namespace: OWN_NAMESPACE },
).refine(
  ({ leaseDuration, renewDeadline }) => isLonger(leaseDuration, renewDeadline) && isLonger(renewDeadline, RENEWAL),
  {
    error:
      'leaseDuration must be longer than renewDeadline, and renewDeadline longer than 18s, or the controllers exit',
  },
);

/** Retry period of renewals of 15 s, with the jitter factor of client-go. */
const RENEWAL = '18s';

const global = sectionOf<types.input.CertManagerGlobalArgs>()(
  {
    leaderElection: leaderElection.prefault({}),
    /** Log verbosity, 0 to 6. @default 2 */
    logLevel: z.int().min(0).max(6).default(2),
    /** Of all three. @default that of the platform */
    priorityClassName: objectName.optional(),
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
    ...workloadFields('controller'),
    cainjector: cainjectorSettings.prefault({}),
    /** Additional environment variables. @default none */
    extraEnv: extraEnv.optional(),
    /** Mounts of `extraVolumes`, read-only. @default none */
    extraVolumeMounts: volumeMounts.optional(),
    /** ConfigMaps, Secrets and CSI volumes. @default none */
    extraVolumes: volumes.optional(),
    /** `Gate=true,Other=false` for the controller. @default none */
    featureGates: z
      .string()
      .superRefine((gates, context) => {
        const message = gatesMistake(gates, CONTROLLER_GATES);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    global: global.prefault({}),
    /** Proxy URL for HTTP. @default none */
    http_proxy: proxyUrl.optional(),
    /** Proxy URL for HTTPS: ACME and the cloud's DNS API. @default none */
    https_proxy: proxyUrl.optional(),
    /** Hosts and CIDRs that bypass the proxy; the API server always does. @default [] */
    no_proxy: z.array(z.string().regex(/^[^\s,]+$/, 'must be one host or CIDR range')).default([]),
    /** Nodes for the controller; by Pulumi's type a NodeSelector, not a map. @default any */
    nodeSelector: nodeSelector.optional(),
    /** @default none */
    podDnsConfig: dnsConfig.optional(),
    /** DNS policy of the controller's pods. @default 'ClusterFirst' */
    podDnsPolicy: z.enum(['ClusterFirst', 'Default', 'None']).optional(),
    /** Annotations of the controller's metrics Service. @default none */
    serviceAnnotations: objectAnnotations.optional(),
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
  .superRefine(checkNames)
  .refine(({ podDnsPolicy, podDnsConfig }) => podDnsPolicy !== 'None' || (podDnsConfig?.nameservers ?? []).length > 0, {
    error: 'with podDnsPolicy "None", podDnsConfig.nameservers must have at least one entry',
    path: ['podDnsPolicy'],
  });

/** The values of the section, with defaults applied. */
export type CertManagerSettings = z.output<typeof certManagerSettings>;
