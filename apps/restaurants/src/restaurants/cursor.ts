import { z } from 'zod';

/** Orders of the list; with a minus sign from the last to the first. */
export const SORTS = ['name', '-name', 'rating', '-rating', 'createdAt', '-createdAt'] as const;
/** An order of the list. */
export type Sort = (typeof SORTS)[number];

/** Where a page of the list ended: the next one begins after it. */
export interface Cursor {
  readonly sort: Sort;
  /** The value that the list is sorted by. */
  readonly value: string | number | Date;
  /** Of the restaurant, which breaks ties. */
  readonly id: string;
}

const id = z.string().regex(/^[0-9a-f]{24}$/);
const tuple = z.union([
  z.tuple([z.enum(['name', '-name']), z.string().max(1_000), id]),
  z.tuple([z.enum(['rating', '-rating']), z.number(), id]),
  z.tuple([z.enum(['createdAt', '-createdAt']), z.iso.datetime().transform((text) => new Date(text)), id]),
]);

/** A cursor as text for a URL, whose content is nobody's business. */
export function encodeCursor({ sort, value, id: last }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, last])).toString('base64url');
}

/** What encodeCursor wrote; any other text is a fault of the field. */
export const cursorText = z
  .string()
  .max(8_000)
  .transform((text, context): Cursor => {
    const parsed = tuple.safeParse(parse(text));
    if (!parsed.success) {
      context.addIssue({ code: 'custom', message: 'must be the `next` of an earlier answer' });
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
