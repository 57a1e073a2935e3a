import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Describe } from '@slipway/common';
import { UsesDatabase } from '@slipway/common/mongo';
import type { Response } from 'express';
import {
  restaurantId,
  type RestaurantInput,
  restaurantInput,
  type RestaurantPage,
  restaurantPage,
  type RestaurantQuery,
  restaurantQuery,
  type RestaurantView,
  restaurantView,
} from './restaurant.dto.ts';
import { RestaurantsService } from './restaurants.service.ts';

/** The restaurants API. */
@Controller('restaurants')
@UsesDatabase()
export class RestaurantsController {
  constructor(private readonly restaurants: RestaurantsService) {}

  @Get()
  @Describe({
    summary: 'A page of the matching restaurants, in the requested order',
    returns: restaurantPage,
    errors: [400],
  })
  async list(@Query({ schema: restaurantQuery }) query: RestaurantQuery): Promise<RestaurantPage> {
    return this.restaurants.list(query);
  }

  @Get(':id')
  @Describe({ summary: 'One restaurant', returns: restaurantView, errors: [400, 404] })
  async get(@Param('id', { schema: restaurantId }) id: string): Promise<RestaurantView> {
    return this.restaurants.get(id);
  }

  @Post()
  @Describe({
    summary: 'Adds a restaurant; the Location header has its URL',
    returns: restaurantView,
    status: 201,
    errors: [400, 409, 413, 415],
  })
  async create(
    @Body({ schema: restaurantInput }) input: RestaurantInput,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RestaurantView> {
    const created = await this.restaurants.create(input);
    response.location(`/restaurants/${created.id}`);
    return created;
  }

  @Put(':id')
  @Describe({ summary: 'Replaces a restaurant', returns: restaurantView, errors: [400, 404, 409, 413, 415] })
  async replace(
    @Param('id', { schema: restaurantId }) id: string,
    @Body({ schema: restaurantInput }) input: RestaurantInput,
  ): Promise<RestaurantView> {
    return this.restaurants.replace(id, input);
  }

  @Delete(':id')
  @HttpCode(204)
  @Describe({ summary: 'Deletes a restaurant', status: 204, errors: [400, 404] })
  async delete(@Param('id', { schema: restaurantId }) id: string): Promise<void> {
    await this.restaurants.delete(id);
  }
}
