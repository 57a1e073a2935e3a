import { z } from 'zod';

/** Sort orders of the list; a minus sign means descending. */
export const SORTS = ['name', '-name', 'rating', '-rating', 'createdAt', '-createdAt'] as const;
/** A sort order of the list. */
export type Sort = (typeof SORTS)[number];

/** The last restaurant of a page: the next page starts after it. */
export interface Cursor {
  readonly sort: Sort;
  /** Value of the sort key. */
  readonly value: string | number | Date;
  /** Id of the restaurant, as tie-breaker. */
  readonly id: string;
}

const id = z.string().regex(/^[0-9a-f]{24}$/);
const tuple = z.union([
  z.tuple([z.enum(['name', '-name']), z.string().max(1_000), id]),
  z.tuple([z.enum(['rating', '-rating']), z.number(), id]),
  z.tuple([z.enum(['createdAt', '-createdAt']), z.iso.datetime().transform((text) => new Date(text)), id]),
]);

/** Encodes a cursor as an opaque, URL-safe string. */
export function encodeCursor({ sort, value, id: last }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, last])).toString('base64url');
}

/** Schema of a string from encodeCursor; any other is a validation error. */
export const cursorText = z
  .string()
  .max(8_000)
  .transform((text, context): Cursor => {
    const parsed = tuple.safeParse(parse(text));
    if (!parsed.success) {
      context.addIssue({ code: 'custom', message: 'must be the `next` of a previous response' });
      return z.NEVER;
    }
    const [sort, value, last] = parsed.data;
    return { sort, value, id: last };
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
