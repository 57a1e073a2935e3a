import type { k8s } from 'cdk8s-plus-28';
import { z } from 'zod';
import type { Mount, Resources } from '../../lib/container.ts';

// Schemas of Kubernetes types, with Pulumi's field names; as strict as the API server, but they fail before the render.

/** Map of strings. */
export const map = z.record(z.string(), z.string());
const strings = z.array(z.string());

/** Labels except those set by Slipway, which are part of immutable selectors. */
export const labels = map.refine((given) => !Object.keys(given).some((key) => key.startsWith('app.kubernetes.io/')), {
  error: 'labels of app.kubernetes.io/ are reserved, because selectors use them: choose another prefix',
});

const quantity = (what: string, example: string): z.ZodString =>
  z
    .string(`${what}, such as "${example}"`)
    .regex(/^\d+(\.\d+)?(m|[kKMGTPE]i?)?$/, `must be a quantity such as "${example}"`);
const requests = z.strictObject(
  {
    cpu: quantity('the CPU request', '10m'),
    memory: quantity('the memory request', '64Mi').optional(),
  },
  'cpu is required; memory defaults to limits.memory',
);
const limits = z.strictObject(
  { cpu: quantity('the CPU limit', '500m'), memory: quantity('the memory limit', '128Mi') },
  'cpu and memory are required',
);

/** Requests and limits of a container. */
export const resources = z.strictObject({ requests, limits }).transform((given): Resources => {
  const { cpu, memory } = given.limits;
  return { cpu: given.requests.cpu, cpuLimit: cpu, memory, memoryRequest: given.requests.memory };
});

/** Toleration of a taint. */
export const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Equal', 'Exists']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().optional(),
});

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const requirement = z.strictObject({
  key: z.string(),
  operator: z.enum([...OPERATORS, 'Gt', 'Lt']),
  values: strings.optional(),
});
const nodeTerm = z.strictObject({
  matchExpressions: z.array(requirement).optional(),
  matchFields: z.array(requirement).optional(),
});
const weight = z.int().min(1).max(100);

/** Required node affinity: a node must match all expressions of at least one term. */
export const nodeSelector = z.strictObject({
  nodeSelectorTerms: z
    .array(nodeTerm, 'a list of terms, [{ matchExpressions: […] }]; only webhook and cainjector take a map of labels')
    .min(1),
});

const labelSelector = z.strictObject({
  matchLabels: map.optional(),
  matchExpressions: z
    .array(z.strictObject({ key: z.string(), operator: z.enum(OPERATORS), values: strings.optional() }))
    .optional(),
});
const podTerm = z.strictObject({
  topologyKey: z.string(),
  labelSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  namespaces: strings.optional(),
});
const podAffinity = z.strictObject({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(z.strictObject({ weight, podAffinityTerm: podTerm }))
    .optional(),
});

/** Node and pod affinity. */
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

/** DNS configuration of a pod, in addition to its `dnsPolicy`. */
export const dnsConfig = z.strictObject({
  nameservers: z.array(z.union([z.ipv4(), z.ipv6()])).optional(),
  options: z.array(z.strictObject({ name: z.string(), value: z.string().optional() })).optional(),
  searches: strings.optional(),
});

const podCount = z.union([z.int().min(0), z.string().regex(/^\d+%$/, 'must be a count or a percentage such as "25%"')]);

/** Update strategy. */
export const strategy = z
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

/** Timing of a probe; its endpoint is fixed. */
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
      .refine(
        (one) => (one.value === undefined) !== (one.valueFrom === undefined),
        'must have either value or valueFrom',
      ),
  )
  .transform((list): Record<string, string | k8s.EnvVarSource> =>
    Object.fromEntries(list.map((one) => [one.name, one.valueFrom ?? one.value ?? ''])),
  );

const items = z.array(z.strictObject({ key: z.string(), path: z.string() })).optional();
const optional = z.boolean().optional();

/** A read-only source of data; there are no writable volumes, whose data would be lost with the pod. */
export const volume = z
  .strictObject({
    name: z.string(),
    configMap: z.strictObject({ name: z.string(), items, optional }).optional(),
    secret: z.strictObject({ secretName: z.string(), items, optional }).optional(),
    csi: z.strictObject({ driver: z.string(), readOnly: z.literal(true), volumeAttributes: map.optional() }).optional(),
  })
  .refine((one) => Object.keys(one).length === 2, 'must have exactly one of configMap, secret and csi');

/** Volume mounts by path, all read-only. */
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
