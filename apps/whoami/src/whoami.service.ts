import { Inject, Injectable } from '@nestjs/common';
import { type BaseSettings, publicSettings, SETTINGS } from '@slipway/common';
import { service } from './service.ts';

/** The greeting and the settings. */
@Injectable()
export class WhoamiService {
  constructor(@Inject(SETTINGS) private readonly settings: BaseSettings) {}

  greeting(): { readonly message: string; readonly version: string } {
    return { message: `Hello from ${service.name} ${service.version}`, version: service.version };
  }

  /** The effective settings; secrets are masked. */
  config(): Record<string, unknown> {
    return publicSettings(service.settings, this.settings);
  }
}
