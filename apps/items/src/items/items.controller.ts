import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Describe } from '@slipway/common';
import { UsesDatabase } from '@slipway/common/mongo';
import {
  type ItemInput,
  itemInput,
  type ItemPage,
  itemPage,
  type ItemQuery,
  itemQuery,
  type ItemView,
  itemView,
} from './item.dto.ts';
import { ItemsService } from './items.service.ts';

/** The items API. */
@Controller('item')
@UsesDatabase()
export class ItemsController {
  constructor(private readonly items: ItemsService) {}

  @Get()
  @Describe({ summary: 'A page of the items, newest first', returns: itemPage, errors: [400] })
  async list(@Query({ schema: itemQuery }) query: ItemQuery): Promise<ItemPage> {
    return this.items.list(query);
  }

  @Post()
  @Describe({ summary: 'Adds an item', returns: itemView, status: 201, errors: [400, 409, 413, 415] })
  async add(@Body({ schema: itemInput }) input: ItemInput): Promise<ItemView> {
    return this.items.add(input);
  }
}
