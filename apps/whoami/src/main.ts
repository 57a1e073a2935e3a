import { serve } from '@slipway/common';
import { service } from './service.ts';
import { whoamiModule } from './whoami.module.ts';

await serve(whoamiModule, service);
