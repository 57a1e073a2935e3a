import { z } from 'zod';
import { cpuSetting, quantitySetting } from './quantity.ts';

// Schemas of Kubernetes types, as strict as the API server, but they fail before the render.

/** Map of strings. */
export const map = z.record(z.string(), z.string());
const strings = z.array(z.string());

/** Labels except those set by Slipway, which are part of immutable selectors. */
export const labels = map.refine((given) => !Object.keys(given).some((key) => key.startsWith('app.kubernetes.io/')), {
  error: 'labels of app.kubernetes.io/ are reserved, because selectors use them: choose another prefix',
});

const amounts = z.strictObject({ cpu: cpuSetting.optional(), memory: quantitySetting.optional() });

/** Requests and limits of a container, each one optional. */
export const resources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });

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
    .array(nodeTerm, 'a list of terms, [{ matchExpressions: […] }]; elsewhere nodeSelector is a map of labels')
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

/** Timing of a probe; its endpoint is fixed. */
export const probeTiming = z.strictObject({
  initialDelaySeconds: z.int().min(0).optional(),
  periodSeconds: z.int().min(1).optional(),
  timeoutSeconds: z.int().min(1).optional(),
  successThreshold: z.int().min(1).optional(),
  failureThreshold: z.int().min(1).optional(),
});

const key = z.strictObject({ name: z.string(), key: z.string() });

/** Source of an environment variable: a key of an object, a field of the pod, or an entry of the secret store. */
export const envSource = z
  .strictObject({
    secretKeyRef: key.optional(),
    configMapKeyRef: key.optional(),
    fieldRef: z.strictObject({ fieldPath: z.string() }).optional(),
    /** An entry of the secret store that the cluster declares in `secrets`. */
    storeKeyRef: key.optional(),
  })
  .refine((one) => Object.keys(one).length === 1, {
    error: 'must have exactly one of secretKeyRef, configMapKeyRef, fieldRef and storeKeyRef',
    when: ({ issues }) => issues.length === 0,
  });

const items = z.array(z.strictObject({ key: z.string(), path: z.string() }));

/** Sources of read-only volumes; there are no writable ones, whose data would be lost with the pod. */
export const volumeSources = {
  configMap: z.strictObject({ name: z.string(), items: items.optional() }).optional(),
  secret: z.strictObject({ secretName: z.string(), items: items.optional() }).optional(),
  csi: z.strictObject({ driver: z.string(), readOnly: z.literal(true), volumeAttributes: map.optional() }).optional(),
  /** An entry of the secret store that the cluster declares in `secrets`. */
  store: z.strictObject({ name: z.string(), items: items.min(1) }).optional(),
};
