import { z } from 'zod';

/** An item as callers give it. */
export const itemInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text'),
  /** May have several lines. */
  description: z
    .string()
    .max(2_000, 'must have at most 2000 characters')
    .regex(/^[^\0\p{Cs}]*$/u, 'must be text')
    .optional(),
});
/** An item as callers give it. */
export type ItemInput = z.output<typeof itemInput>;

/** An item as callers get it. */
export const itemView = itemInput.extend({ id: z.string(), createdAt: z.iso.datetime() });
/** An item as callers get it. */
export type ItemView = z.output<typeof itemView>;

/** A page of the list, newest first. */
export const itemPage = z.object({
  items: z.array(itemView),
  /** For `after` in the next request; null at the end of the list. */
  next: z.string().nullable(),
});
/** A page of the list, newest first. */
export type ItemPage = z.output<typeof itemPage>;

/** What of the list is wanted. */
export const itemQuery = z.strictObject({
  /** Items in an answer, 1 to 100. */
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .default(20),
  /** The `next` of the answer before. */
  after: z
    .string()
    .regex(/^[0-9a-f]{24}$/i, 'must be the `next` of an earlier answer')
    .optional(),
});
/** What of the list is wanted. */
export type ItemQuery = z.output<typeof itemQuery>;
