import { z } from 'zod';
import { cursorText, SORTS } from './cursor.ts';

/** A line of text; control characters and halves of characters have no place in one. */
function line(most: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be one line of text');
}

const cuisine = line(60).toLowerCase();
const rating = z.number().min(0).max(5).multipleOf(0.5, 'must be in halves');

/** A restaurant as callers give it. */
export const restaurantInput = z.strictObject({
  name: line(120),
  cuisine,
  address: z.strictObject({ street: line(200), city: line(100), postalCode: line(20) }),
  rating,
});
/** A restaurant as callers give it. */
export type RestaurantInput = z.output<typeof restaurantInput>;

/** A restaurant as callers get it. */
export const restaurantView = restaurantInput.extend({
  id: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
/** A restaurant as callers get it. */
export type RestaurantView = z.output<typeof restaurantView>;

/** A page of the list. */
export const restaurantPage = z.object({
  items: z.array(restaurantView),
  /** For `after` in the next request; null at the end of the list. */
  next: z.string().nullable(),
});
/** A page of the list. */
export type RestaurantPage = z.output<typeof restaurantPage>;

/** A number in a query, as text. */
function decimal(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message).transform(Number);
}

/** What of the list is wanted. */
export const restaurantQuery = z
  .strictObject({
    /** Beginning of the name. */
    name: line(120).optional(),
    cuisine: cuisine.optional(),
    city: line(100).optional(),
    /** Least rating. */
    minRating: decimal(/^([0-4](\.\d)?|5(\.0)?)$/, 'must be a number from 0 to 5').optional(),
    sort: z.enum(SORTS).default('name'),
    /** Restaurants in an answer, 1 to 100. */
    limit: decimal(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100').default(20),
    /** The `next` of the answer before. */
    after: cursorText.optional(),
  })
  .refine(({ sort, after }) => after === undefined || after.sort === sort, {
    path: ['after'],
    message: 'belongs to a list in another order; keep `sort` as it was',
  });
/** What of the list is wanted. */
export type RestaurantQuery = z.output<typeof restaurantQuery>;

/** An id as it stands in a path. */
export const restaurantId = z
  .string()
  .regex(/^[0-9a-f]{24}$/i, 'must be 24 hexadecimal digits')
  .toLowerCase();
