import { z } from 'zod';
import { dnsLabel, labelKey, labelMap, labelValue } from './kubernetes-names.ts';

// Schemas of where pods run, as strict as the API server (pkg/apis/core/validation of Kubernetes v1.36.1).

/** A field that a rule of several fields is about, and what it must be. */
type Mistake = readonly [field: string, message: string] | undefined;

/** Adds the first mistake of an object; its fields are valid by themselves. */
function rule<T>(mistakeOf: (value: T) => Mistake): (value: T, context: z.core.$RefinementCtx<T>) => void {
  return (value, context) => {
    const [field, message] = mistakeOf(value) ?? [];
    if (field !== undefined) context.addIssue({ code: 'custom', path: [field], message });
  };
}

/** Toleration of a taint. */
export const toleration = z
  .strictObject({
    /** @default every taint, with the operator Exists */
    key: labelKey.optional(),
    operator: z.enum(['Equal', 'Exists']).optional(),
    value: labelValue.optional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
    tolerationSeconds: z.int().optional(),
  })
  .superRefine(
    rule(({ key, operator = 'Equal', value, effect, tolerationSeconds }) => {
      if (key === undefined && operator !== 'Exists')
        return ['key', 'must be the key of a taint; only operator Exists without a key tolerates every taint'];
      if (operator === 'Exists' && value !== undefined && value !== '')
        return ['value', 'must be left out with operator Exists, which tolerates every value: use Equal, or remove it'];
      return tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? ['tolerationSeconds', 'must be left out, or effect be NoExecute: no other one evicts pods']
        : undefined;
    }),
  );

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

/** How many values an operator compares with. */
function valuesMistake({ operator, values }: { operator: Operator; values?: readonly string[] }): Mistake {
  const count = values?.length ?? 0;
  if (operator === 'In' || operator === 'NotIn')
    return count > 0 ? undefined : ['values', `must list the values for operator ${operator}`];
  if (operator === 'Gt' || operator === 'Lt')
    return count === 1 && /^-?\d+$/.test(values?.[0] ?? '')
      ? undefined
      : ['values', `must be one integer for operator ${operator}, such as ["4"]`];
  return count === 0 ? undefined : ['values', `must be left out with operator ${operator}: use In, or remove them`];
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const values = z.array(labelValue).optional();

const nodeTerm = z
  .strictObject({
    matchExpressions: z
      .array(
        z
          .strictObject({ key: labelKey, operator: z.enum([...OPERATORS, 'Gt', 'Lt']), values })
          .superRefine(rule(valuesMistake)),
      )
      .optional(),
    /** Fields of the node; there is one, its name. */
    matchFields: z
      .array(
        z.strictObject({
          key: z.literal('metadata.name'),
          operator: z.enum(['In', 'NotIn']),
          values: z.array(z.string()).length(1, 'must be one name of a node'),
        }),
      )
      .optional(),
  })
  .refine(
    ({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0,
    'must have matchExpressions or matchFields: a term without them matches no node',
  );
const weight = z.int().min(1).max(100);

/** Required node affinity: a node must match all expressions of at least one term. */
export const nodeSelector = z.strictObject({
  nodeSelectorTerms: z
    .array(nodeTerm, 'a list of terms, [{ matchExpressions: […] }]; elsewhere nodeSelector is a map of labels')
    .min(1),
});

const labelSelector = z.strictObject({
  matchLabels: labelMap.optional(),
  matchExpressions: z
    .array(z.strictObject({ key: labelKey, operator: z.enum(OPERATORS), values }).superRefine(rule(valuesMistake)))
    .optional(),
});
const podTerm = z.strictObject({
  /** Label of nodes: pods are together, or apart, by its values. */
  topologyKey: labelKey,
  /** The pods; `{}` is all of them. */
  labelSelector,
  namespaceSelector: labelSelector.optional(),
  namespaces: z.array(dnsLabel).optional(),
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
