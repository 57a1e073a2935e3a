import type { k8s } from 'cdk8s-plus-28';
import { z } from 'zod';
import type { Mount, Resources } from '../../lib/container.ts';

// Kubernetes' own shapes, as Pulumi's types spell them; each is as strict as the API server, and says so earlier.

/** Labels, annotations and the like. */
export const map = z.record(z.string(), z.string());
const texts = z.array(z.string());

/** Labels that Slipway does not set itself: its own are in selectors, which never change in place. */
export const labels = map.refine((given) => !Object.keys(given).some((key) => key.startsWith('app.kubernetes.io/')), {
  error: "labels of app.kubernetes.io/ are Slipway's own, and part of selectors: choose another prefix",
});

const quantity = (what: string, example: string): z.ZodString =>
  z
    .string(`${what}, such as "${example}"`)
    .regex(/^\d+(\.\d+)?(m|[kKMGTPE]i?)?$/, `must be a quantity such as "${example}"`);
const requests = z.strictObject(
  {
    cpu: quantity('the CPU that is set aside', '10m'),
    memory: quantity('the memory that is set aside', '64Mi').optional(),
  },
  'what is set aside: at least cpu; memory is limits.memory unless given',
);
const limits = z.strictObject(
  { cpu: quantity('the most CPU it may use', '500m'), memory: quantity('the most memory it may use', '128Mi') },
  'the most it may use: cpu and memory',
);

/** What a container may use. */
export const resources = z.strictObject({ requests, limits }).transform((given): Resources => {
  const { cpu, memory } = given.limits;
  return { cpu: given.requests.cpu, cpuLimit: cpu, memory, memoryRequest: given.requests.memory };
});

/** A taint that pods may ignore. */
export const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Equal', 'Exists']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().optional(),
});

const SETS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const requirement = z.strictObject({
  key: z.string(),
  operator: z.enum([...SETS, 'Gt', 'Lt']),
  values: texts.optional(),
});
const nodeTerm = z.strictObject({
  matchExpressions: z.array(requirement).optional(),
  matchFields: z.array(requirement).optional(),
});
const weight = z.int().min(1).max(100);

/** The nodes that pods must run on: one of the terms, all of its expressions. */
export const nodeSelector = z.strictObject({
  nodeSelectorTerms: z
    .array(nodeTerm, 'a list of terms, [{ matchExpressions: […] }]; a map of labels is for webhook and cainjector')
    .min(1),
});

const labelSelector = z.strictObject({
  matchLabels: map.optional(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.enum(SETS), values: texts.optional() }))
    .optional(),
});
const podTerm = z.strictObject({
  topologyKey: z.string(),
  labelSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  namespaces: texts.optional(),
});
const podAffinity = z.strictObject({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(z.strictObject({ weight, podAffinityTerm: podTerm }))
    .optional(),
});

/** Where pods must or would rather run. */
export const affinity = z.strictObject({
  nodeAffinity: z
    .strictObject({
      requiredDuringSchedulingIgnoredDuringExecution: nodeSelector.optional(),
      preferredDuringSchedulingIgnoredDuringExecution: z
        .array(z.strictObject({ weight, preference: nodeTerm }))
        .optional(),
    })
    .optional(),
  podAffinity: podAffinity.optional(),
  podAntiAffinity: podAffinity.optional(),
});

/** Who answers a pod's look-ups, besides its `dnsPolicy`. */
export const dnsConfig = z.strictObject({
  nameservers: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  options: z.array(z.strictObject({ name: z.string(), value: z.string().optional() })).optional(),
  searches: texts.optional(),
});

const podCount = z.union([z.int().min(0), z.string().regex(/^\d+%$/, 'must be a count, or per cent such as "25%"')]);

/** How pods are replaced. */
export const strategy = z
  .strictObject({
    type: z.enum(['RollingUpdate', 'Recreate']).optional(),
    rollingUpdate: z.strictObject({ maxSurge: podCount.optional(), maxUnavailable: podCount.optional() }).optional(),
  })
  .refine(
    ({ type, rollingUpdate }) => type !== 'Recreate' || !rollingUpdate,
    'type "Recreate" has no rollingUpdate: take one of them out',
  )
  .refine(
    ({ rollingUpdate: { maxSurge = 1, maxUnavailable = 0 } = {} }) =>
      Number.parseInt(`${maxSurge}`) + Number.parseInt(`${maxUnavailable}`) > 0,
    {
      error: 'with maxSurge 0 no pod could ever be replaced: allow a maxUnavailable (it is 0 unless given)',
    },
  );

/** Timing of a probe whose endpoint is the program's own. */
export const probeTiming = z.strictObject({
  initialDelaySeconds: z.int().min(0).optional(),
  periodSeconds: z.int().min(1).optional(),
  timeoutSeconds: z.int().min(1).optional(),
  successThreshold: z.int().min(1).optional(),
  failureThreshold: z.int().min(1).optional(),
});

const key = z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() });
const fieldRef = z.strictObject({ fieldPath: z.string() });
const valueFrom = z.strictObject({
  secretKeyRef: key.optional(),
  configMapKeyRef: key.optional(),
  fieldRef: fieldRef.optional(),
});

/** Environment variables, by name. */
export const env = z
  .array(
    z
      .strictObject({ name: z.string(), value: z.string().optional(), valueFrom: valueFrom.optional() })
      .refine((one) => (one.value === undefined) !== (one.valueFrom === undefined), 'must have a value or a valueFrom'),
  )
  .transform((list): Record<string, string | k8s.EnvVarSource> =>
    Object.fromEntries(list.map((one) => [one.name, one.valueFrom ?? one.value ?? ''])),
  );

const items = z.array(z.strictObject({ key: z.string(), path: z.string() })).optional();
const optional = z.boolean().optional();

/** A volume that holds what others keep; what the pod itself could write would be lost with it. */
export const volume = z
  .strictObject({
    name: z.string(),
    configMap: z.strictObject({ name: z.string(), items, optional }).optional(),
    secret: z.strictObject({ secretName: z.string(), items, optional }).optional(),
    csi: z.strictObject({ driver: z.string(), readOnly: z.literal(true), volumeAttributes: map.optional() }).optional(),
  })
  .refine((one) => Object.keys(one).length === 2, 'must have one of configMap, secret and csi');

/** Mounts, by path; all of them are read-only. */
export const mounts = z
  .array(
    z.strictObject({
      name: z.string(),
      mountPath: z.string(),
      subPath: z.string().optional(),
      readOnly: z.literal(true).optional(),
    }),
  )
  .transform((list): Record<string, Mount> =>
    Object.fromEntries(list.map(({ name, mountPath, subPath }) => [mountPath, { volume: name, subPath }])),
  );
