import { serve } from '@slipway/common';
import { restaurantsModule } from './restaurants/restaurants.module.ts';
import { service } from './service.ts';

await serve(restaurantsModule, service);
