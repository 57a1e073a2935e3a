import { z } from 'zod';

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const json = z.custom<Json>(
  (value) => z.json().safeParse(value).success,
  'must be JSON: a string, number, boolean, null, list or object',
);

/** Fewer characters cannot be a reason. */
const MIN_REASON = 10;

/** A JSON pointer (RFC 6901) to a field; the empty pointer, which is the whole object, is excluded. */
const pointer = z
  .string()
  .regex(
    /^(\/([^~/]|~[01])*)+$/,
    'must point to a field, such as "/spec/replicas", with ~1 for a slash in a key; the whole object cannot be replaced or removed',
  );

/** An operation of a JSON patch (RFC 6902). */
const operation = z.discriminatedUnion(
  'op',
  [
    z.strictObject({ op: z.enum(['add', 'replace']), path: pointer, value: json }),
    z.strictObject({ op: z.literal('test'), path: pointer, value: json }),
    z.strictObject({ op: z.literal('remove'), path: pointer }),
    z.strictObject({ op: z.enum(['move', 'copy']), from: pointer, path: pointer }),
  ],
  { error: 'must be one of: add, remove, replace, move, copy, test' },
);

/** Section `overrides`: changes of single objects of this cluster, applied in this order after rendering. */
export const overridesSettings = z.array(
  z.strictObject({
    /** The object as messages print it, `Deployment mongo/mongo`; with its group if ambiguous: `apps/Deployment …`. */
    object: z
      .string()
      .regex(
        /^([a-z0-9.-]+\/)?[A-Z][A-Za-z0-9]* \S+$/,
        'must be "Kind namespace/name", or "Kind name" for a cluster-scoped kind, such as "Deployment mongo/mongo"',
      ),
    /** A map is a JSON merge patch (RFC 7396), a list a JSON patch (RFC 6902). */
    patch: z.union([z.record(z.string(), json), z.array(operation)]),
    /** Why this cluster differs. */
    because: z.string().trim().min(MIN_REASON, `must give the reason, in at least ${MIN_REASON} characters`),
  }),
);

/** A change of one object of one cluster, with its reason. */
export type Override = z.output<typeof overridesSettings>[number];

/** A JSON merge patch or a JSON patch. */
export type Patch = Override['patch'];

/** An operation of a JSON patch. */
export type PatchOperation = z.output<typeof operation>;
