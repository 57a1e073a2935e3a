import { Controller, Get, Res } from '@nestjs/common';
import { Describe } from '@slipway/common';
import { Database } from '@slipway/common/mongo';
import type { Response } from 'express';
import { z } from 'zod';
import { service } from './service.ts';

const about = z.object({ name: z.string(), version: z.string() });
const health = z.object({ status: z.enum(['up', 'down']), version: z.string() });

/** The service's name and version, and its health. */
@Controller()
export class AboutController {
  constructor(private readonly database: Database) {}

  @Get()
  @Describe({ summary: 'Name and version of the service', returns: about })
  about(): z.output<typeof about> {
    return { name: service.name, version: service.version };
  }

  @Get('health')
  @Describe({ summary: 'Whether the database is available', returns: health, alsoReturnedWith: 503 })
  async health(@Res({ passthrough: true }) response: Response): Promise<z.output<typeof health>> {
    const status = await this.database.ping().then(
      (state) => (state === 'up' ? 'up' : 'down'),
      () => 'down' as const,
    );
    if (status === 'down') response.status(503);
    return { status, version: service.version };
  }
}
