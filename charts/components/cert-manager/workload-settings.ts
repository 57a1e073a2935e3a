import type { types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { flags } from './flags.ts';
import { affinity, labels, map, probeTiming, resources, toleration } from '../../lib/kubernetes-settings.ts';
import { workloadSettings as shared } from '../../lib/workload-settings.ts';
import { sectionOf } from './plain.ts';

// Reasons shared by several fields.
export const HARDENED = 'every pod and container conforms to Pod Security restricted; remove it';
export const PINNED =
  "images and versions are pinned in the cluster's pins.json; change the pin there, and remove it here";

const serviceAccount = sectionOf<types.input.CertManagerServiceAccountArgs>()(
  {
    /** Annotations in addition to those of the cloud identity. @default none */
    annotations: map.optional(),
  },
  {
    automountServiceAccountToken: 'only the pods mount a token, because all three call the API server; remove it',
    create: 'each workload has its own ServiceAccount; remove it',
    name: 'bootstrap binds the cloud identity to the ServiceAccount by name; remove it',
  },
);

const podCount = z.union([z.int().min(0), z.string().regex(/^\d+%$/, 'must be a count or a percentage such as "25%"')]);

const strategy = z
  .strictObject({
    type: z.enum(['RollingUpdate', 'Recreate']).optional(),
    rollingUpdate: z.strictObject({ maxSurge: podCount.optional(), maxUnavailable: podCount.optional() }).optional(),
  })
  .refine(
    ({ type, rollingUpdate }) => type !== 'Recreate' || !rollingUpdate,
    'type "Recreate" has no rollingUpdate: remove one of them',
  )
  .refine(
    ({ rollingUpdate: { maxSurge = 1, maxUnavailable = 0 } = {} }) =>
      Number.parseInt(`${maxSurge}`) + Number.parseInt(`${maxUnavailable}`) > 0,
    {
      error: 'with maxSurge 0 no pod can be replaced: set maxUnavailable above its default of 0',
    },
  );

/** Settings of every workload of Slipway for which Pulumi's type has no field of its own. */
const { labels: ownLabels, env, probes, volumes, imagePullSecret, priorityClassName } = shared();
export const sharedFields = { labels: ownLabels, env, probes, volumes, imagePullSecret, priorityClassName };

/** Fields of all three workloads. */
export const workloadFields = {
  /** Affinity, in addition to the spread over zones and nodes. @default none */
  affinity: affinity.optional(),
  /** Annotations of the Deployment. @default none */
  deploymentAnnotations: map.optional(),
  /** Additional arguments, each as `--flag=value`. @default [] */
  extraArgs: flags.default([]),
  /** Annotations of the pods. @default none */
  podAnnotations: map.optional(),
  /** Labels of the pods. @default none */
  podLabels: labels.optional(),
  /** Pods; several are spread and have a PodDisruptionBudget. @default 1 */
  replicaCount: z.int().min(1).default(1),
  /** Requests and limits, each one optional. @default 10m, 500m and 256Mi (webhook: 128Mi) */
  resources: resources.optional(),
  serviceAccount: serviceAccount.optional(),
  /** Update strategy. @default RollingUpdate with maxSurge 1, maxUnavailable 0 */
  strategy: strategy.optional(),
  /** Tolerations of taints. @default none */
  tolerations: z.array(toleration).optional(),
};

/** Settings of the admission webhook. */
export const webhookSettings = sectionOf<types.input.CertManagerWebhookArgs>()(
  {
    ...workloadFields,
    /** Timing of the liveness probe. @default every 10 s, 3 failures */
    livenessProbe: probeTiming.optional(),
    /** @default none */
    mutatingWebhookConfigurationAnnotations: map.optional(),
    /** Node selector. @default any */
    nodeSelector: map.optional(),
    /** Timing of the readiness probe. @default every 5 s, 3 failures */
    readinessProbe: probeTiming.optional(),
    /** Pods; while none is ready, no certificate can be created or changed. @default 2 */
    replicaCount: z.int().min(1).default(2),
    /** Container port; a firewall between the API server and the nodes must allow it. @default 10250 */
    securePort: z.int().min(1024).max(65535).default(10250),
    /** @default none */
    serviceAnnotations: map.optional(),
    /** @default none */
    serviceLabels: labels.optional(),
    /** Seconds that the API server waits for a response before it rejects the request. @default 10 */
    timeoutSeconds: z.int().min(1).max(30).default(10),
    /** @default none */
    validatingWebhookConfigurationAnnotations: map.optional(),
  },
  {
    containerSecurityContext: HARDENED,
    hostNetwork: 'Pod Security restricted forbids it, and the API servers of kind, AKS and EKS reach pods; remove it',
    image: PINNED,
    loadBalancerIP: 'only the API server calls the webhook, through a ClusterIP; remove it',
    securityContext: HARDENED,
    serviceType: 'only the API server calls the webhook, through a ClusterIP; remove it',
    url: 'the API server calls the webhook through its Service; remove it',
  },
).extend(sharedFields);

/** Settings of cainjector, which injects CA bundles into webhook configurations and APIServices. */
export const cainjectorSettings = sectionOf<types.input.CertManagerCaInjectorArgs>()(
  {
    ...workloadFields,
    /** Node selector. @default any */
    nodeSelector: map.optional(),
  },
  {
    containerSecurityContext: HARDENED,
    image: PINNED,
    podSecurityContext: HARDENED,
    timeoutSeconds: 'it serves no requests that could time out; for the webhook set webhook.timeoutSeconds',
  },
).extend(sharedFields);

/** Settings of any of the three workloads. */
export type AnyWorkload = z.output<z.ZodObject<typeof workloadFields & typeof sharedFields>> & {
  readonly nodeSelector?: Readonly<Record<string, string>>;
};
