import { z } from 'zod';
import { cursorText, SORTS } from './cursor.ts';

/** A line of text, without control characters and lone surrogates. */
function line(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text');
}

const cuisine = line(60).toLowerCase();
const rating = z.number().min(0).max(5).multipleOf(0.5, 'must be a multiple of 0.5');

/** A restaurant in a request. */
export const restaurantInput = z.strictObject({
  name: line(120),
  cuisine,
  address: z.strictObject({ street: line(200), city: line(100), postalCode: line(20) }),
  rating,
});
/** A restaurant in a request. */
export type RestaurantInput = z.output<typeof restaurantInput>;

/** A restaurant in a response. */
export const restaurantView = restaurantInput.extend({
  id: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
/** A restaurant in a response. */
export type RestaurantView = z.output<typeof restaurantView>;

/** A page of the list. */
export const restaurantPage = z.object({
  items: z.array(restaurantView),
  /** Value of `after` for the next page; null on the last page. */
  next: z.string().nullable(),
});
/** A page of the list. */
export type RestaurantPage = z.output<typeof restaurantPage>;

/** A number in the query string. */
function decimal(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message).transform(Number);
}

/** Query of the list. */
export const restaurantQuery = z
  .strictObject({
    /** Prefix of the name. */
    name: line(120).optional(),
    cuisine: cuisine.optional(),
    city: line(100).optional(),
    /** Minimum rating. */
    minRating: decimal(/^([0-4](\.\d)?|5(\.0)?)$/, 'must be a number from 0 to 5').optional(),
    sort: z.enum(SORTS).default('name'),
    /** Page size, 1 to 100. */
    limit: decimal(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100').default(20),
    /** The `next` of the previous page. */
    after: cursorText.optional(),
  })
  .refine(({ sort, after }) => after === undefined || after.sort === sort, {
    path: ['after'],
    message: 'belongs to another sort order; use the same `sort` for all pages',
  });
/** Query of the list. */
export type RestaurantQuery = z.output<typeof restaurantQuery>;

/** An id in a path. */
export const restaurantId = z
  .string()
  .regex(/^[0-9a-f]{24}$/i, 'must be 24 hexadecimal digits')
  .toLowerCase();
