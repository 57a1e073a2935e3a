import { Controller, Get, Req } from '@nestjs/common';
import { Describe, TrustedProxies } from '@slipway/common';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { WhoamiService } from './whoami.service.ts';

const greeting = z.object({ message: z.string(), version: z.string() });
const status = z.object({ result: z.literal('success') });
const address = z.object({ ip: z.string() });
const config = z.record(z.string(), z.unknown());

/** The whoami API. */
@Controller()
export class WhoamiController {
  constructor(
    private readonly whoami: WhoamiService,
    private readonly proxies: TrustedProxies,
  ) {}

  @Get()
  @Describe({ summary: 'A greeting with the version of the service', returns: greeting })
  greet(): z.output<typeof greeting> {
    return this.whoami.greeting();
  }

  @Get('status')
  @Describe({ summary: 'Always success', returns: status })
  status(): z.output<typeof status> {
    return { result: 'success' };
  }

  @Get('ip')
  @Describe({ summary: "The client's address, from X-Forwarded-For if the proxy is trusted", returns: address })
  ip(@Req() request: IncomingMessage): z.output<typeof address> {
    return { ip: this.proxies.clientOf(request) };
  }

  @Get('config')
  @Describe({ summary: 'The effective settings; secrets are masked', returns: config })
  config(): z.output<typeof config> {
    return this.whoami.config();
  }
}
