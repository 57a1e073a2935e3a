/**
 * Baseline for a service: plain Nest and Express, with a handler that calls the same class of the built service.
 *
 *   node --import tsx test/bench/services/bare.ts SERVICE
 */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Controller, type DynamicModule, Get, Inject, Param, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { root } from './run.ts';

/** Parts of a bare application. */
interface Bare {
  readonly path: string;
  readonly imports?: DynamicModule['imports'];
  readonly providers: readonly Provider[];
  readonly handle: (worker: never, id: string) => unknown;
  readonly worker: Type;
}

const BARE: Readonly<Record<string, () => Promise<Bare>>> = { whoami, items, restaurants, restaurant };

async function built(file: string): Promise<Record<string, never>> {
  return (await import(join(root, 'apps', file))) as Record<string, never>;
}

async function whoami(): Promise<Bare> {
  const { WhoamiService } = await built('whoami/build/whoami.service.js');
  const { SETTINGS } = await built('common/build/index.js');
  return {
    path: '/',
    worker: WhoamiService!,
    providers: [WhoamiService!, { provide: SETTINGS!, useValue: {} }],
    handle: (worker: { greeting(): unknown }) => worker.greeting(),
  };
}

async function items(): Promise<Bare> {
  const { ItemsService } = await built('items/build/items/items.service.js');
  const { Item, itemSchema } = await built('items/build/items/item.schema.js');
  return {
    path: '/item',
    worker: ItemsService!,
    imports: database(Item!, itemSchema!),
    providers: [ItemsService!],
    handle: async (worker: { list(query: object): Promise<unknown> }) => worker.list({ limit: 20 }),
  };
}

async function restaurants(): Promise<Bare> {
  return {
    ...(await restaurantParts()),
    path: '/restaurants',
    handle: async (worker: { list(query: object): Promise<unknown> }) => worker.list({ sort: 'name', limit: 20 }),
  };
}

async function restaurant(): Promise<Bare> {
  return {
    ...(await restaurantParts()),
    path: '/restaurants/:id',
    handle: async (worker: { get(id: string): Promise<unknown> }, id) => worker.get(id),
  };
}

async function restaurantParts(): Promise<Pick<Bare, 'worker' | 'imports' | 'providers'>> {
  const { RestaurantsService } = await built('restaurants/build/restaurants/restaurants.service.js');
  const { Restaurant, restaurantSchema } = await built('restaurants/build/restaurants/restaurant.schema.js');
  return {
    worker: RestaurantsService!,
    imports: database(Restaurant!, restaurantSchema!),
    providers: [RestaurantsService!],
  };
}

function database(model: { readonly name: string }, schema: never): NonNullable<DynamicModule['imports']> {
  return [
    MongooseModule.forRoot(process.env['MONGODB_URI'] ?? '', { maxPoolSize: 20 }),
    MongooseModule.forFeature([{ name: model.name, schema }]),
  ];
}

/** Nest identifies modules by their class. */
class BareModule {
  /** No middleware. */
  configure(): void {}
}

async function main(): Promise<void> {
  const name = process.argv[2] ?? '';
  const make = BARE[name];
  if (!make)
    throw new Error(`there is no bare application ${JSON.stringify(name)}; known are ${Object.keys(BARE).join(', ')}`);
  const { path, worker, imports = [], providers, handle } = await make();

  class BareController {
    private readonly worker: never;

    constructor(injected: never) {
      this.worker = injected;
    }

    answer(id: string): unknown {
      return handle(this.worker, id);
    }
  }
  // Decorators are called as functions, because their syntax is not enabled for this file.
  Controller()(BareController);
  Inject(worker)(BareController, undefined, 0);
  Param('id')(BareController.prototype, 'answer', 0);
  Get(path)(BareController.prototype, 'answer', Object.getOwnPropertyDescriptor(BareController.prototype, 'answer')!);
  const app = await NestFactory.create(
    { module: BareModule, imports, controllers: [BareController], providers: [...providers] },
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  console.log(JSON.stringify({ port }));
  process.once('SIGTERM', () => process.exit(0));
}

await main();
