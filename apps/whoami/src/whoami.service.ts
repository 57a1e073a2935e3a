import { Inject, Injectable } from '@nestjs/common';
import { type BaseSettings, publicSettings, SETTINGS } from '@slipway/common';
import { service } from './service.ts';

/** What whoami has to say, apart from the caller's address. */
@Injectable()
export class WhoamiService {
  constructor(@Inject(SETTINGS) private readonly settings: BaseSettings) {}

  greeting(): { readonly message: string; readonly version: string } {
    return { message: `Hello from ${service.name} ${service.version}`, version: service.version };
  }

  /** The settings in force; secrets are only told to be set. */
  config(): Record<string, unknown> {
    return publicSettings(service.settings, this.settings);
  }
}
