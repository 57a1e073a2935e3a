import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { migrate, mongoModule, type Prepare } from '@slipway/common/mongo';
import { AboutController } from './about.controller.ts';
import { Item, itemSchema } from './items/item.schema.ts';
import { ItemsController } from './items/items.controller.ts';
import { ItemsService } from './items/items.service.ts';
import { migrations } from './migrations/migrations.ts';
import { service, type Settings } from './service.ts';

@Module({})
class ItemsModule {}

/** The service's root module, with the database from its settings; runs migrations before it is ready. */
export function itemsModule({ MONGODB_URI }: Settings): DynamicModule {
  return {
    module: ItemsModule,
    imports: [
      mongoModule({ uri: MONGODB_URI, appName: service.name, prepare }),
      MongooseModule.forFeature([{ name: Item.name, schema: itemSchema }]),
    ],
    controllers: [AboutController, ItemsController],
    providers: [ItemsService],
  };
}

const prepare: Prepare = async ({ db }, signal) => {
  const logger = new Logger('Migrations');
  if (!db) throw new Error('the connection has no database');
  await migrate(db, migrations, { signal, log: (message) => logger.log(message) });
};
