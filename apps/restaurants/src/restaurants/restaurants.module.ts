import { type DynamicModule, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { mongoModule } from '@slipway/common/mongo';
import { service, type Settings } from '../service.ts';
import { Restaurant, restaurantSchema } from './restaurant.schema.ts';
import { RestaurantsController } from './restaurants.controller.ts';
import { RestaurantsService } from './restaurants.service.ts';

@Module({})
class RestaurantsModule {}

/** The service's root module, with the database from its settings. */
export function restaurantsModule({ MONGODB_URI }: Settings): DynamicModule {
  return {
    module: RestaurantsModule,
    imports: [
      mongoModule({ uri: MONGODB_URI, appName: service.name }),
      MongooseModule.forFeature([{ name: Restaurant.name, schema: restaurantSchema }]),
    ],
    controllers: [RestaurantsController],
    providers: [RestaurantsService],
  };
}
