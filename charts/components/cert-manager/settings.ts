import type { CertManagerArgs, types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { dnsConfig, env, labels, map, mounts, nodeSelector, volume } from './kubernetes.ts';
import { sectionOf } from './plain.ts';
import { cainjectorSettings, HARDENED, PINNED, webhookSettings, workloadFields } from './workload-settings.ts';

// The fields of Pulumi's CertManagerArgs, and for each whether it is honoured. Its types are all that is used of the
// package: what is rendered here needs neither Pulumi's engine nor Helm.

const OWN_NAMESPACE = 'the component has the namespace "cert-manager" to itself, and its rights end there; take it out';

const duration = z.string().regex(/^(\d+[hms])+$/, 'must be a duration such as "60s" or "1m30s"');

const leaderElection = sectionOf<types.input.CertManagerGlobalLeaderElectionArgs>()(
  {
    /** How long others wait for a leader that went silent. @default '60s' */
    leaseDuration: duration.default('60s'),
    /** How long a leader tries to renew before it gives up; it tries every 15 s. @default '40s' */
    renewDeadline: duration.default('40s'),
  },
  { namespace: OWN_NAMESPACE },
).refine(
  ({ leaseDuration, renewDeadline }) =>
    seconds(leaseDuration) > seconds(renewDeadline) && seconds(renewDeadline) > RENEWAL_SECONDS,
  {
    error: 'leaseDuration must be longer than renewDeadline, and that longer than 18s, or the controllers end at once',
  },
);

/** The time between two tries to renew, with the jitter that client-go asks for. */
const RENEWAL_SECONDS = 18;

const global = sectionOf<types.input.CertManagerGlobalArgs>()(
  {
    leaderElection: leaderElection.prefault({}),
    /** Verbosity, from 0 to 6. @default 2 */
    logLevel: z.int().min(0).max(6).default(2),
    /** Of all three: a cluster that is out of room should not lose its certificates first. @default 'system-cluster-critical' */
    priorityClassName: z.string().default('system-cluster-critical'),
  },
  {
    imagePullSecrets:
      "nodes pull with their own identity (AKS and EKS do so from their cloud's registry); mirror the images and point the pins there",
    podSecurityPolicy:
      'Kubernetes has had none since 1.25; the namespace enforces Pod Security restricted; take it out',
    rbac: 'roles are always rendered, as narrow as the controllers allow; take it out',
  },
);

/** What a cluster says about cert-manager: Pulumi's CertManagerArgs, and who issues. */
export const certManagerSettings = sectionOf<CertManagerArgs>()(
  {
    ...workloadFields,
    cainjector: cainjectorSettings.prefault({}),
    /** Environment beside what is set here. @default none */
    extraEnv: env.optional(),
    /** Mounts of `extraVolumes`, read-only. @default none */
    extraVolumeMounts: mounts.optional(),
    /** ConfigMaps, Secrets and CSI volumes. @default none */
    extraVolumes: z.array(volume).optional(),
    /** `Gate=true,Other=false` for the controller. @default none */
    featureGates: z
      .string()
      .regex(/^\w+=(true|false)(,\w+=(true|false))*$/, 'must be "Gate=true,Other=false"')
      .refine((gates) => !gates.includes('ExperimentalCertificateSigningRequestControllers=true'), {
        error:
          'ExperimentalCertificateSigningRequestControllers needs rights over CertificateSigningRequests that are not given here: take it out',
      })
      .optional(),
    global: global.prefault({}),
    /** Proxy for plain HTTP, with its port. @default none */
    http_proxy: z.url({ protocol: /^https?$/ }).optional(),
    /** Proxy for ACME and the cloud's DNS API, with its port. @default none */
    https_proxy: z.url({ protocol: /^https?$/ }).optional(),
    /** Hosts and ranges that are reached without the proxy; the API server is among them by itself. @default [] */
    no_proxy: z.array(z.string()).default([]),
    /** Nodes that the controller must run on: Pulumi's type here is Kubernetes' NodeSelector, not a map. @default any */
    nodeSelector: nodeSelector.optional(),
    /** @default none */
    podDnsConfig: dnsConfig.optional(),
    /** Who answers the controller's look-ups. @default 'ClusterFirst' */
    podDnsPolicy: z.enum(['ClusterFirst', 'Default', 'None']).optional(),
    /** Annotations of the Service that leads to the controller's metrics. @default none */
    serviceAnnotations: map.optional(),
    /** Labels of the same. @default none */
    serviceLabels: labels.optional(),
    webhook: webhookSettings.prefault({}),
  },
  {
    clusterResourceNamespace: OWN_NAMESPACE,
    containerSecurityContext: HARDENED,
    helmOptions: 'no Helm takes part: objects are rendered from TypeScript and synced by Argo CD; take it out',
    image: PINNED,
    ingressShim: 'no certificate is made from annotations; add a Certificate that names its issuer instead',
    installCRDs: 'the component "cert-manager-crds" brings them, from upstream at the pinned tag; take it out',
    prometheus: 'metrics are always served, on port 9402; whoever scrapes them opens the network to them; take it out',
    securityContext: HARDENED,
    startupapicheck: 'issuers are synced after the webhook is ready, and tried again; no Job is needed; take it out',
  },
)
  .extend({
    /** Receives the certificate authority's messages; a must where the cluster has a public DNS zone. */
    acmeEmail: z.email().optional(),
    /** Let's Encrypt's servers: those of `staging` have generous limits, and nobody trusts their certificates. @default 'production' */
    acmeServer: z.enum(['production', 'staging']).default('production'),
  })
  .refine(
    ({ nodeSelector: nodes, affinity: all }) =>
      !nodes || !all?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    {
      error:
        'nodeSelector and affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution say the same: put all terms into one of them',
      path: ['nodeSelector'],
    },
  )
  .refine(({ podDnsPolicy, podDnsConfig }) => podDnsPolicy !== 'None' || (podDnsConfig?.nameservers ?? []).length > 0, {
    error: 'with podDnsPolicy "None" podDnsConfig.nameservers must name at least one server',
    path: ['podDnsPolicy'],
  });

/** The values of the section, with every default in place. */
export type CertManagerSettings = z.output<typeof certManagerSettings>;

function seconds(text: string): number {
  const unit = { h: 3600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, name]) => sum + Number(count) * unit[name as keyof typeof unit],
    0,
  );
}
