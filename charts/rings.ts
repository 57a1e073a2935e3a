import { z } from 'zod';
import { Fault, type Problem } from './fault.ts';
import { day, reason } from './lib/answered.ts';
import { componentNameSetting } from './lib/component-name.ts';
import { secondsOf } from './lib/duration.ts';

const freezeSchema = z
  .strictObject({
    /** Its first day. */
    from: day,
    /** Its last day. */
    until: day,
    because: reason,
  })
  .refine(({ from, until }) => from <= until, { error: 'must not end before it begins', path: ['until'] });

const ringSchema = z.strictObject({
  /** The names of its clusters. */
  clusters: z.array(z.string()).min(1, 'must have a cluster at least'),
  /**
   * How long the ring before must have run a version, unchanged, before this one gets it: `10d`, `36h`.
   * @default no time
   */
  soak: z
    .string()
    .refine((text) => secondsOf(text) !== undefined, 'must be a duration, such as 10d or 36h')
    .default('0'),
  /** True if a promotion must say what shows that the ring before is healthy. @default false */
  evidence: z.boolean().default(false),
  /**
   * Who alone lets in what reaches it, as CODEOWNERS names people and teams: `@acme/production-approvers`. Each of them may.
   * @default whoever CODEOWNERS says
   */
  approvers: z
    .array(z.string().regex(/^(@[\w-]+(\/[\w.-]+)?|\S+@\S+\.\S+)$/, 'must be @user, @organization/team or an address'))
    .default([]),
  /** Days on which it gets nothing. @default none */
  freezes: z.array(freezeSchema).default([]),
});

/** Schema of `clusters/rings.ts`. */
export const ringsSchema = z
  .record(componentNameSetting, ringSchema)
  .refine((rings) => Object.keys(rings).length > 0, 'must have a ring at least')
  .superRefine((rings, context) => {
    const seen = new Map<string, string>();
    for (const [name, { clusters }] of Object.entries(rings))
      clusters.forEach((cluster, i) => {
        const first = seen.get(cluster);
        if (first !== undefined)
          context.addIssue({
            code: 'custom',
            path: [name, 'clusters', i],
            message: `"${cluster}" is in the ring ${first} too: keep it in one`,
          });
        seen.set(cluster, name);
      });
  });

/** The values of `clusters/rings.ts`: the rings in the order in which changes reach them, by their names. */
export type RingsFile = z.input<typeof ringsSchema>;

/** Clusters that run the same versions. */
export interface Ring extends Readonly<z.output<typeof ringSchema>> {
  readonly name: string;
}

/** The file, from the repository's root. */
export const RINGS_FILE = 'clusters/rings.ts';

/** Gives `clusters/rings.ts` its type: a misspelt field is a compile error. */
export function defineRings(rings: RingsFile): RingsFile {
  return rings;
}

/** The rings in their order. */
export function ringsOf(file: z.output<typeof ringsSchema>): Ring[] {
  return Object.entries(file).map(([name, rest]) => ({ name, ...rest }));
}

/** The ring of a cluster. @throws Fault if no ring names it */
export function ringOf(rings: readonly Ring[], cluster: string): Ring {
  const ring = rings.find(({ clusters }) => clusters.includes(cluster));
  if (ring) return ring;
  throw new Fault(inNoRing(rings, cluster));
}

/** The problem of a cluster that no ring names. */
export function inNoRing(rings: readonly Ring[], cluster: string): Problem {
  return {
    what: `cluster ${cluster} is in no ring, so that it has no versions`,
    file: RINGS_FILE,
    fix: `add it to the clusters of a ring: ${rings.map(({ name }) => name).join(', ')}`,
  };
}
