import { type DynamicModule, Module } from '@nestjs/common';
import { WhoamiController } from './whoami.controller.ts';
import { WhoamiService } from './whoami.service.ts';

@Module({})
class WhoamiModule {}

/** The service's root module. */
export function whoamiModule(): DynamicModule {
  return { module: WhoamiModule, controllers: [WhoamiController], providers: [WhoamiService] };
}
