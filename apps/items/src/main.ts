import { serve } from '@slipway/common';
import { itemsModule } from './items.module.ts';
import { service } from './service.ts';

await serve(itemsModule, service);
