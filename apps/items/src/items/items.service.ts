import { ConflictException, Inject, Injectable } from '@nestjs/common';
import { getModelToken } from '@nestjs/mongoose';
import { isDuplicate } from '@slipway/common/mongo';
import { type Model, Types } from 'mongoose';
import type { ItemInput, ItemPage, ItemQuery, ItemView } from './item.dto.ts';
import { Item } from './item.schema.ts';

/** Reads and writes items in the database. */
@Injectable()
export class ItemsService {
  constructor(@Inject(getModelToken(Item.name)) private readonly items: Model<Item>) {}

  /** One page, newest first: ObjectIds increase with time. */
  async list({ limit, after }: ItemQuery): Promise<ItemPage> {
    const found = await this.items
      .find(after === undefined ? {} : { _id: { $lt: new Types.ObjectId(after) } })
      .sort({ _id: -1 })
      // One more than requested, to know whether there is a next page.
      .limit(limit + 1)
      .lean<Item[]>();
    const items = found.slice(0, limit).map(view);
    return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** @throws ConflictException if an item with the name already exists */
  async add(input: ItemInput): Promise<ItemView> {
    try {
      return view(await this.items.create(input));
    } catch (error) {
      if (isDuplicate(error)) {
        throw new ConflictException(`An item named ${JSON.stringify(input.name)} already exists`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}

function view({ _id, name, description, createdAt }: Item): ItemView {
  return {
    id: _id.toHexString(),
    name,
    ...(description !== undefined && { description }),
    createdAt: createdAt.toISOString(),
  };
}
