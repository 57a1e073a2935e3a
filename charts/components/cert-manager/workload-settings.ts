import type { types } from '@pulumi/kubernetes-cert-manager';
import { z } from 'zod';
import { flags } from './flags.ts';
import { affinity, labels, map, probeTiming, resources, strategy, toleration } from './kubernetes.ts';
import { sectionOf } from './plain.ts';

// Reasons that several fields share.
export const HARDENED =
  'every pod and container is as restricted as Pod Security allows, and needs nothing more; take it out';
export const PINNED = "versions and mirrors are in the cluster's pins.json; change the pin there, and take it out here";

const serviceAccount = sectionOf<types.input.CertManagerServiceAccountArgs>()(
  {
    /** Annotations beside those of the cloud identity. @default none */
    annotations: map.optional(),
  },
  {
    automountServiceAccountToken: 'just the pods mount a token, as all three call the API server; take it out',
    create: 'each workload has a ServiceAccount of its own; take it out',
    name: 'bootstrap ties the cloud identity to the ServiceAccount by its name; take it out',
  },
);

/** What the three workloads have in common. */
export const workloadFields = {
  /** Where pods must or would rather run, besides being spread over zones and nodes. @default none */
  affinity: affinity.optional(),
  /** Annotations of the Deployment. @default none */
  deploymentAnnotations: map.optional(),
  /** Arguments behind those that are set here, each as `--flag=value`. @default [] */
  extraArgs: flags.default([]),
  /** Annotations of the pods. @default none */
  podAnnotations: map.optional(),
  /** Labels of the pods. @default none */
  podLabels: labels.optional(),
  /** Pods; above 1 they are spread, and disrupted one at a time. @default 1 */
  replicaCount: z.int().min(1).default(1),
  /** At least `requests.cpu`, `limits.cpu` and `limits.memory`. @default 10m, 500m, and 256Mi (the webhook: 128Mi) */
  resources: resources.optional(),
  serviceAccount: serviceAccount.optional(),
  /** How pods are replaced. @default a new one is ready before an old one goes */
  strategy: strategy.optional(),
  /** Taints that the pods ignore. @default none */
  tolerations: z.array(toleration).optional(),
};

/** The webhook: checks what is written, before it is. */
export const webhookSettings = sectionOf<types.input.CertManagerWebhookArgs>()(
  {
    ...workloadFields,
    /** Timing of the probe that restarts it. @default every 10 s, 3 failures */
    livenessProbe: probeTiming.optional(),
    /** @default none */
    mutatingWebhookConfigurationAnnotations: map.optional(),
    /** Labels of the nodes that it may run on. @default any */
    nodeSelector: map.optional(),
    /** Timing of the probe that says whether it serves. @default every 5 s, 3 failures */
    readinessProbe: probeTiming.optional(),
    /** Pods: while none is there, no certificate can be changed. @default 2 */
    replicaCount: z.int().min(1).default(2),
    /** The pods' port; a firewall between API server and nodes must let it through. @default 10250 */
    securePort: z.int().min(1024).max(65535).default(10250),
    /** @default none */
    serviceAnnotations: map.optional(),
    /** @default none */
    serviceLabels: labels.optional(),
    /** Seconds that the API server waits for an answer before it refuses the change. @default 10 */
    timeoutSeconds: z.int().min(1).max(30).default(10),
    /** @default none */
    validatingWebhookConfigurationAnnotations: map.optional(),
  },
  {
    containerSecurityContext: HARDENED,
    hostNetwork: 'Pod Security restricted forbids it, and the API servers of kind, AKS and EKS reach pods; take it out',
    image: PINNED,
    loadBalancerIP: 'only the API server calls the webhook, through a ClusterIP; take it out',
    securityContext: HARDENED,
    serviceType: 'only the API server calls the webhook, through a ClusterIP; take it out',
    url: 'the API server calls the webhook through its Service; take it out',
  },
);

/** The injector: gives webhook configurations and APIServices the authority they are to trust. */
export const cainjectorSettings = sectionOf<types.input.CertManagerCaInjectorArgs>()(
  {
    ...workloadFields,
    /** Labels of the nodes that it may run on. @default any */
    nodeSelector: map.optional(),
  },
  {
    containerSecurityContext: HARDENED,
    image: PINNED,
    podSecurityContext: HARDENED,
    timeoutSeconds: "it answers no requests that could time out; webhook.timeoutSeconds is the API server's patience",
  },
);

/** What a cluster says about any of the three workloads. */
export type WorkloadSettings = z.output<z.ZodObject<typeof workloadFields>>;
