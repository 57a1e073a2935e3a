import { z } from 'zod';

/** What Argo CD and the API server will make of the change of one object. */
export const VERDICTS = {
  create: 'does not exist yet',
  update: 'changed in place',
  restart: 'changed in place, and its pods are replaced',
  inert: 'accepted, but nobody acts on it',
  refused: 'the API server refuses it, and later waves wait',
  replace: 'deleted and created again',
  delete: 'pruned',
  cascade: 'pruned, and takes other objects along',
  confirm: 'pruned once a person confirms; its sync waits until then',
  kept: 'no longer in Git, and stays in the cluster: Prune=false',
  move: 'another Application takes it over',
  order: 'only waves or other settings of Argo CD change',
  same: 'other text, same meaning',
} as const;

export type Verdict = keyof typeof VERDICTS;

/** From worst to least. `block`: it will fail, or data are lost. */
export const SEVERITIES = ['block', 'danger', 'warn', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

const verdict = z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]);
const severity = z.enum(SEVERITIES);

const fieldSchema = z
  .strictObject({
    path: z
      .string()
      .meta({ description: 'the field; items of lists by their merge key: spec.template.spec.containers[app].image' }),
    change: z.enum(['added', 'removed', 'changed', 'reordered']),
    before: z.unknown().meta({ description: 'the value before; absent if there was none, or it is hidden' }).optional(),
    after: z.unknown().meta({ description: 'the value after; absent if there is none, or it is hidden' }).optional(),
    hidden: z
      .string()
      .meta({
        description: 'set for a secret value, which no output has: what may be said of it, such as "16 to 31 bytes"',
      })
      .optional(),
    noise: z
      .boolean()
      .meta({
        description: 'true if it has no meaning: a default, an order that nobody reads, another text of one value',
      })
      .optional(),
    rolls: z.boolean().meta({ description: 'true if it alone replaces the pods' }).optional(),
  })
  .meta({ description: 'one difference of an object' });

const acceptedSchema = z
  .strictObject({ because: z.string(), until: z.string().meta({ description: 'the last day, as 2026-12-31' }) })
  .meta({ description: 'who answers for it: the line of clusters/accepted.json' });

const findingSchema = z
  .strictObject({
    rule: z.string().meta({ description: 'SLP-…, as in docs/plan.md' }),
    severity,
    path: z.string().optional(),
    says: z.string().meta({ description: 'what will happen, in one sentence without a full stop' }),
    instead: z.string().meta({ description: 'what to do instead, or before' }).optional(),
    accepted: acceptedSchema.optional(),
  })
  .meta({ description: 'what a rule says of the change of an object' });

const unneededSchema = z
  .strictObject({
    ...findingSchema.omit({ accepted: true }).shape,
    path: z.string().meta({ description: 'clusters/accepted.json:12' }),
    object: z.string().meta({ description: 'the object of the line: Service gateway/gateway' }),
  })
  .meta({
    description:
      'what is to be said of a line of clusters/accepted.json that accepts nothing here: danger if it is new, warn if it is over, info if the base has it',
  });

const seenSchema = z
  .strictObject({
    ring: z.string().meta({ description: 'the ring before that of the clusters' }),
    cluster: z
      .string()
      .meta({ description: 'a cluster of it that has all of this already; absent if none has: it is new here' })
      .optional(),
    since: z
      .string()
      .meta({ description: 'since when the component is unchanged there, as 2026-11-20T10:00:00.000Z' })
      .optional(),
  })
  .meta({
    description:
      'whether the ring before had this before the change: every field that changes here has the same value there, apart from names, domains and facts; absent in the first ring, and without rings',
  });

const entrySchema = z
  .strictObject({
    clusters: z
      .array(z.string())
      .min(1)
      .meta({ description: 'every cluster with this change, apart from its own name, domain and account' }),
    application: z.string().meta({ description: 'the Application that syncs the object' }),
    object: z.string().meta({ description: 'Deployment mongo/mongo-0; that of the first cluster' }),
    wave: z.tuple([z.number(), z.number()]).meta({
      description: "the sync waves: of the Application, and of the object within it; a pruned object's come last",
    }),
    verdict,
    severity: severity.meta({ description: 'the worst of what is said and not accepted; info if nothing is' }),
    fields: z.array(fieldSchema),
    findings: z.array(findingSchema),
    takes: z
      .array(z.string())
      .meta({ description: 'what goes with it, of a cascade; what is deleted first, of a move' })
      .optional(),
    keeps: z.array(z.string()).meta({ description: 'what stays, of a cascade' }).optional(),
    seen: seenSchema.optional(),
  })
  .meta({ description: 'one change of one object, in one cluster or in many' });

export const planSchema = z
  .strictObject({
    version: z.literal(1),
    base: z.string().meta({ description: 'the commit that is compared with' }),
    head: z.string().meta({ description: 'the commit, or "working tree"' }),
    clusters: z.array(z.string()).meta({ description: 'the clusters that were compared, changed or not' }),
    entries: z.array(entrySchema).meta({ description: 'in the order in which Argo CD acts' }),
    unneeded: z
      .array(unneededSchema)
      .meta({ description: 'lines of clusters/accepted.json that accept nothing in the compared clusters' }),
    noise: z
      .strictObject({
        objects: z.number().meta({ description: 'objects of which only the text changes' }),
        fields: z.number().meta({ description: 'fields without meaning, in all objects' }),
      })
      .meta({ description: 'what --noise lists' }),
  })
  .meta({ title: 'slipway plan --json', description: 'what a change of dist will do to the clusters' });

/** One difference of an object. */
export type Field = z.infer<typeof fieldSchema>;
/** What a rule says of a change. */
export type Finding = z.infer<typeof findingSchema>;
/** What is to be said of a line that accepts nothing. */
export type Unneeded = z.infer<typeof unneededSchema>;
/** Whether the ring before has it already. */
export type Seen = z.infer<typeof seenSchema>;
/** One change of one object. */
export type Entry = z.infer<typeof entrySchema>;
/** What a change of dist will do to the clusters. */
export type Plan = z.infer<typeof planSchema>;

/** Negative if the first is worse. */
export function compareSeverities(one: Severity, other: Severity): number {
  return SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other);
}

/** The worst of what is not accepted; `info` if there is nothing. */
export function severityOf(findings: readonly Finding[]): Severity {
  const [worst = 'info'] = findings
    .flatMap(({ severity: one, accepted }) => (accepted ? [] : [one]))
    .toSorted(compareSeverities);
  return worst;
}
