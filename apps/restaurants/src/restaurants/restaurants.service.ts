import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { getModelToken } from '@nestjs/mongoose';
import { isDuplicate } from '@slipway/common/mongo';
import { type Model, type QueryFilter, Types } from 'mongoose';
import { type Cursor, encodeCursor, type Sort } from './cursor.ts';
import type { RestaurantInput, RestaurantPage, RestaurantQuery, RestaurantView } from './restaurant.dto.ts';
import { Restaurant, searchKey } from './restaurant.schema.ts';

/** Field path of each sort key. */
const SORT_PATHS = { name: 'keys.name', rating: 'rating', createdAt: 'createdAt' } as const;

/** Reads and writes restaurants in the database. */
@Injectable()
export class RestaurantsService {
  constructor(@Inject(getModelToken(Restaurant.name)) private readonly restaurants: Model<Restaurant>) {}

  /** One page of the restaurants that match the query. */
  async list(query: RestaurantQuery): Promise<RestaurantPage> {
    const { path, direction } = order(query.sort);
    // One more than requested, to know whether there is a next page.
    const found = await this.restaurants
      .find({ ...filterOf(query), ...(query.after && afterCursor(query.after)) })
      .sort({ [path]: direction, _id: direction })
      .limit(query.limit + 1)
      .lean<Restaurant[]>();
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: page.map(view),
      next: last && found.length > query.limit ? encodeCursor(cursorOf(query.sort, last)) : null,
    };
  }

  /** @throws NotFoundException if there is no restaurant with the id */
  async get(id: string): Promise<RestaurantView> {
    return this.existing(id, await this.restaurants.findById(id).lean<Restaurant | null>());
  }

  /** @throws ConflictException if a restaurant with this name and address already exists */
  async create(input: RestaurantInput): Promise<RestaurantView> {
    const created = await unlessDuplicate(() => this.restaurants.create(stored(input)));
    return view(created);
  }

  /**
   * Replaces every field of the input; id and creation time stay.
   *
   * @throws NotFoundException if there is no restaurant with the id; ConflictException as for create
   */
  async replace(id: string, input: RestaurantInput): Promise<RestaurantView> {
    const replaced = await unlessDuplicate(() =>
      this.restaurants
        .findByIdAndUpdate(id, { $set: stored(input) }, { returnDocument: 'after' })
        .lean<Restaurant | null>(),
    );
    return this.existing(id, replaced);
  }

  /** @throws NotFoundException if there is no restaurant with the id */
  async delete(id: string): Promise<void> {
    const { deletedCount } = await this.restaurants.deleteOne({ _id: id });
    if (deletedCount === 0) throw notFound(id);
  }

  private existing(id: string, restaurant: Restaurant | null): RestaurantView {
    if (!restaurant) throw notFound(id);
    return view(restaurant);
  }
}

function notFound(id: string): NotFoundException {
  return new NotFoundException(`There is no restaurant ${id}`);
}

function stored(input: RestaurantInput): Omit<Restaurant, '_id' | 'createdAt' | 'updatedAt'> {
  const { name, address } = input;
  const keys = {
    name: searchKey(name),
    city: searchKey(address.city),
    street: searchKey(address.street),
    postalCode: searchKey(address.postalCode),
  };
  return { ...input, keys };
}

function view({ _id, name, cuisine, address, rating, createdAt, updatedAt }: Restaurant): RestaurantView {
  const { street, city, postalCode } = address;
  return {
    id: _id.toHexString(),
    name,
    cuisine,
    address: { street, city, postalCode },
    rating,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function filterOf({ name, cuisine, city, minRating }: RestaurantQuery): QueryFilter<Restaurant> {
  return {
    ...(name !== undefined && { 'keys.name': { $regex: `^${escapeRegExp(searchKey(name))}` } }),
    ...(cuisine !== undefined && { cuisine }),
    ...(city !== undefined && { 'keys.city': searchKey(city) }),
    ...(minRating !== undefined && { rating: { $gte: minRating } }),
  };
}

/** Escapes text for use in a regular expression. */
function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function order(sort: Sort): { readonly path: string; readonly direction: 1 | -1 } {
  const descending = sort.startsWith('-');
  const name = (descending ? sort.slice(1) : sort) as keyof typeof SORT_PATHS;
  return { path: SORT_PATHS[name], direction: descending ? -1 : 1 };
}

function afterCursor({ sort, value, id }: Cursor): QueryFilter<Restaurant> {
  const { path, direction } = order(sort);
  const operator = direction === 1 ? '$gt' : '$lt';
  const last = new Types.ObjectId(id);
  return { $or: [{ [path]: { [operator]: value } }, { [path]: value, _id: { [operator]: last } }] };
}

function cursorOf(sort: Sort, { _id, keys, rating, createdAt }: Restaurant): Cursor {
  const values = { 'keys.name': keys.name, rating, createdAt } as const;
  const { path } = order(sort);
  return { sort, value: values[path as keyof typeof values], id: _id.toHexString() };
}

async function unlessDuplicate<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) {
      throw new ConflictException('A restaurant with this name and address already exists', { cause: error });
    }
    throw error;
  }
}
