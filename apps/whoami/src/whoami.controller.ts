import { Controller, Get, Req } from '@nestjs/common';
import { Describe, TrustedProxies } from '@slipway/common';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { WhoamiService } from './whoami.service.ts';

const greeting = z.object({ message: z.string(), version: z.string() });
const status = z.object({ result: z.literal('success') });
const caller = z.object({ ip: z.string() });
const config = z.record(z.string(), z.unknown());

/** Says who answers, and who asked. */
@Controller()
export class WhoamiController {
  constructor(
    private readonly whoami: WhoamiService,
    private readonly proxies: TrustedProxies,
  ) {}

  @Get()
  @Describe({ summary: 'A greeting with the running version', returns: greeting })
  greet(): z.output<typeof greeting> {
    return this.whoami.greeting();
  }

  @Get('status')
  @Describe({ summary: 'Success, always', returns: status })
  status(): z.output<typeof status> {
    return { result: 'success' };
  }

  @Get('ip')
  @Describe({ summary: "The caller's address, as far as trusted hops vouch for it", returns: caller })
  ip(@Req() request: IncomingMessage): z.output<typeof caller> {
    return { ip: this.proxies.clientOf(request) };
  }

  @Get('config')
  @Describe({ summary: 'The settings in force; secrets are not shown', returns: config })
  config(): z.output<typeof config> {
    return this.whoami.config();
  }
}
