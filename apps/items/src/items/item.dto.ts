import { z } from 'zod';

/** An item in a request. */
export const itemInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 characters')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text'),
  /** May contain line breaks. */
  description: z
    .string()
    .max(2_000, 'must have at most 2000 characters')
    .regex(/^[^\0\p{Cs}]*$/u, 'must be text')
    .optional(),
});
/** An item in a request. */
export type ItemInput = z.output<typeof itemInput>;

/** An item in a response. */
export const itemView = itemInput.extend({ id: z.string(), createdAt: z.iso.datetime() });
/** An item in a response. */
export type ItemView = z.output<typeof itemView>;

/** A page of the list, newest first. */
export const itemPage = z.object({
  items: z.array(itemView),
  /** Value of `after` for the next page; null on the last page. */
  next: z.string().nullable(),
});
/** A page of the list, newest first. */
export type ItemPage = z.output<typeof itemPage>;

/** Query of the list. */
export const itemQuery = z.strictObject({
  /** Page size, 1 to 100. */
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .default(20),
  /** The `next` of the previous page. */
  after: z
    .string()
    .regex(/^[0-9a-f]{24}$/i, 'must be the `next` of a previous response')
    .optional(),
});
/** Query of the list. */
export type ItemQuery = z.output<typeof itemQuery>;
