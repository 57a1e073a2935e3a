import type { types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { labelMap } from '../../lib/kubernetes-names.ts';
import { labels, objectAnnotations, probeTiming, readinessTiming } from '../../lib/kubernetes-settings.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';
import { flags, type Program } from './flags.ts';
import { sectionOf } from './plain.ts';

// Reasons shared by several fields.
export const HARDENED = 'every pod and container conforms to Pod Security restricted; remove it';
export const PINNED =
  'images and versions are pinned by ring, in clusters/pins/; change the pin there, and remove it here';

const serviceAccount = sectionOf<types.input.CertManagerServiceAccountArgs>()(
  {
    /** Annotations in addition to those of the cloud identity. @default none */
    annotations: objectAnnotations.optional(),
  },
  {
    automountServiceAccountToken: 'only the pods mount a token, because all three call the API server; remove it',
    create: 'each workload has its own ServiceAccount; remove it',
    name: 'bootstrap binds the cloud identity to the ServiceAccount by name; remove it',
  },
);

const PERCENTAGE = 'must be a count or a percentage such as "25%"';
const podCount = z.union([z.int().min(0), z.string().regex(/^\d{1,4}%$/, PERCENTAGE)], PERCENTAGE);
const partOfPods = z.union(
  [z.int().min(0), z.string().regex(/^(\d{1,2}|100)%$/, PERCENTAGE)],
  `${PERCENTAGE}, at most "100%"`,
);

const strategy = z
  .strictObject({
    type: z.enum(['RollingUpdate', 'Recreate']).optional(),
    rollingUpdate: z.strictObject({ maxSurge: podCount.optional(), maxUnavailable: partOfPods.optional() }).optional(),
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

const shared = workloadSettings();

/** Shared settings of workloads for which Pulumi's types have no field. */
export const sharedFields = {
  labels: shared.labels,
  env: shared.env,
  probes: shared.probes,
  volumes: shared.volumes,
  imagePullSecret: shared.imagePullSecret,
  priorityClassName: shared.priorityClassName,
};

/** Fields of all three workloads; the first ones are shared settings that Pulumi's types have too. */
export const workloadFields = (program: Program) => ({
  affinity: shared.affinity,
  deploymentAnnotations: shared.annotations,
  podAnnotations: shared.podAnnotations,
  podLabels: shared.podLabels,
  resources: shared.resources,
  tolerations: shared.tolerations,
  /** Additional arguments, each as `--flag=value`. @default [] */
  extraArgs: flags(program).default([]),
  /** Pods; several are spread and have a PodDisruptionBudget. @default 1 */
  replicaCount: z.int().min(1).default(1),
  serviceAccount: serviceAccount.optional(),
  /** Update strategy. @default RollingUpdate with maxSurge 1, maxUnavailable 0 */
  strategy: strategy.optional(),
});

/** The webhook's other ports. */
const TAKEN = [6080, 9402];

/** Settings of the admission webhook. */
export const webhookSettings = sectionOf<types.input.CertManagerWebhookArgs>()(
  {
    ...workloadFields('webhook'),
    /** Timing of the liveness probe. @default every 10 s, 3 failures */
    livenessProbe: probeTiming.optional(),
    /** @default none */
    mutatingWebhookConfigurationAnnotations: objectAnnotations.optional(),
    /** Node selector. @default any */
    nodeSelector: labelMap.optional(),
    /** Timing of the readiness probe. @default every 5 s, 3 failures */
    readinessProbe: readinessTiming.optional(),
    /** Pods; while none is ready, no certificate can be created or changed. @default 2 */
    replicaCount: z.int().min(1).default(2),
    /** Container port; a firewall between the API server and the nodes must allow it. @default 10250 */
    securePort: z
      .int()
      .min(1024)
      .max(65535)
      .refine((port) => !TAKEN.includes(port), `must be another one: ${TAKEN.join(' and ')} serve health and metrics`)
      .default(10250),
    /** @default none */
    serviceAnnotations: objectAnnotations.optional(),
    /** @default none */
    serviceLabels: labels.optional(),
    /** Seconds that the API server waits for a response before it rejects the request. @default 10 */
    timeoutSeconds: z.int().min(1).max(30).default(10),
    /** @default none */
    validatingWebhookConfigurationAnnotations: objectAnnotations.optional(),
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
    ...workloadFields('cainjector'),
    /** Node selector. @default any */
    nodeSelector: labelMap.optional(),
  },
  {
    containerSecurityContext: HARDENED,
    image: PINNED,
    podSecurityContext: HARDENED,
    timeoutSeconds: 'it serves no requests that could time out; for the webhook set webhook.timeoutSeconds',
  },
).extend(sharedFields);

/** Settings of any of the three workloads. */
export type AnyWorkload = z.output<z.ZodObject<ReturnType<typeof workloadFields> & typeof sharedFields>> & {
  readonly nodeSelector?: Readonly<Record<string, string>>;
};
