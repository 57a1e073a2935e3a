import { Controller, Get, Injectable, Logger, Res } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { Response } from 'express';
import { z } from 'zod';
import { Lifecycle } from './lifecycle.ts';
import { Describe } from './openapi.ts';

/** Checks one dependency of a service. */
export type Indicator = Extract<HealthIndicatorFunction, () => unknown>;

/** The dependencies that must be up for a service to receive requests. A module adds its own when it is constructed. */
@Injectable()
export class Readiness {
  private readonly list: Indicator[] = [];

  /** @param indicator must finish within two seconds: the readiness probe times out after three */
  add(indicator: Indicator): void {
    this.list.push(indicator);
  }

  /** In the order in which they were added. */
  get indicators(): readonly Indicator[] {
    return this.list;
  }
}

const state = z.enum(['up', 'degraded', 'down']);
/** Names and states only: addresses and errors go to the log, not to clients. */
const report = z.object({ status: state, checks: z.record(z.string(), state) });
type Report = z.output<typeof report>;

/** The liveness probe `/livez` (whether a restart would help) and the readiness probe `/readyz`. */
@Controller()
export class HealthController {
  private readonly logger = new Logger('Health');
  private last = '';

  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('livez')
  @Describe({ summary: 'Liveness: whether the process works; checks no dependency', returns: report })
  async live(): Promise<Report> {
    const { status } = await this.health.check([]);
    return { status: status === 'ok' ? 'up' : 'down', checks: {} };
  }

  @Get('readyz')
  @Describe({ summary: 'Readiness: whether the service accepts requests', returns: report, alsoReturnedWith: 503 })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Report> {
    const found = await this.check();
    this.logChange(found);
    if (found.status === 'down') response.status(503);
    return found;
  }

  private async check(): Promise<Report> {
    // First and on its own: a draining service is not ready, whatever the state of its database.
    if (this.lifecycle.draining) return { status: 'down', checks: { shutdown: 'down' } };
    const details = await this.health.check([...this.readiness.indicators]).then((result) => result.details, detailsOf);
    const checks = Object.fromEntries(Object.entries(details).map(([name, { status }]) => [name, status]));
    const states = Object.values(checks);
    return { status: (['down', 'degraded'] as const).find((worst) => states.includes(worst)) ?? 'up', checks };
  }

  /** Logs changes only: the probe runs every five seconds. */
  private logChange({ status, checks }: Report): void {
    const text = JSON.stringify(checks);
    if (text === this.last) return;
    if (status === 'down') this.logger.warn('not ready', { checks });
    else if (this.last !== '') this.logger.log('ready', { checks });
    this.last = text;
  }
}

const failure = z.object({ response: z.object({ details: z.record(z.string(), z.object({ status: state })) }) });

/** terminus throws the report when something is down. */
function detailsOf(error: unknown): z.output<typeof failure>['response']['details'] {
  const parsed = failure.safeParse(error);
  if (parsed.success) return parsed.data.response.details;
  throw error;
}
