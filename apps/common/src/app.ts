import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TerminusModule } from '@nestjs/terminus';
import type { Express } from 'express';
import type { z } from 'zod';
import { TrustedProxies } from './addresses.ts';
import { jsonBodies } from './body.ts';
import { front, InFlight } from './front.ts';
import { HealthController, Readiness } from './health.ts';
import { LimitedExpressAdapter } from './http-server.ts';
import { Lifecycle } from './lifecycle.ts';
import { RateLimit } from './limits.ts';
import { JsonLogger, type LogSink, StandardOutput } from './logger.ts';
import { Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { ProblemFilter } from './problem.ts';
import type { BaseSettings, SettingsSchema } from './settings.ts';
import { ValidationPipe } from './validation.ts';

/** What a service is, apart from its module. */
export interface Service<S extends z.ZodObject = SettingsSchema> {
  /** In every log line and in the metrics; the name of the image and of the Deployment. */
  readonly name: string;
  /** Of the service's package. */
  readonly version: string;
  /** Of its OpenAPI document. */
  readonly title: string;
  /** `baseSettings`, extended by what the service needs. */
  readonly settings: S;
}

/** Builds the service's own module from its settings. */
export type ServiceModule<S extends z.ZodObject = SettingsSchema> = (settings: z.output<S>) => DynamicModule | Type;

/** Limits that are not settings, because no cluster needs others. */
export interface Limits {
  /** Requests that are answered at once by one pod. @default 256 */
  readonly concurrency: number;
  /** Bytes of a body. @default 65536 */
  readonly bodyBytes: number;
  /** Milliseconds that an answer may take: more than a database needs to elect another primary, less than a stop waits. @default 14000 */
  readonly timeoutMs: number;
}

const LIMITS: Limits = { concurrency: 256, bodyBytes: 65_536, timeoutMs: 14_000 };

/** What tests choose differently. */
export interface Overrides {
  readonly limits?: Partial<Limits>;
  /** @default standard output */
  readonly sink?: LogSink;
}

@Module({})
class CommonModule {}

@Module({})
class RootModule {}

/** Injects the settings that the service was started with. */
export const SETTINGS = Symbol('settings');

/**
 * Builds a service with everything but a port: logs, metrics, health, limits, problems, OpenAPI. Call `init()` or let
 * `serve` listen.
 */
export async function createApp<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  settings: z.output<S> & BaseSettings,
  { limits = {}, sink = new StandardOutput() }: Overrides = {},
): Promise<NestExpressApplication> {
  const { concurrency, bodyBytes, timeoutMs } = { ...LIMITS, ...limits };
  const { name, version } = service;
  const inFlight = new InFlight();
  const lifecycle = new Lifecycle();
  const metrics = new Metrics(name, version, () => inFlight.count);
  const logger = new JsonLogger(sink, { service: name, version }, settings.NODE_ENV === 'development');
  const proxies = new TrustedProxies(settings.TRUSTED_PROXIES);
  const common: DynamicModule = {
    module: CommonModule,
    global: true,
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [
      Readiness,
      { provide: Lifecycle, useValue: lifecycle },
      { provide: Metrics, useValue: metrics },
      { provide: JsonLogger, useValue: logger },
      { provide: TrustedProxies, useValue: proxies },
      { provide: SETTINGS, useValue: settings },
    ],
    exports: [Readiness, Lifecycle, Metrics, JsonLogger, TrustedProxies, SETTINGS, TerminusModule],
  };
  const before = front({
    proxies,
    lifecycle,
    metrics,
    logger,
    rate: new RateLimit(settings.RATE_LIMIT_PER_SECOND),
    inFlight,
    concurrency,
    timeoutMs,
  });
  const root: DynamicModule = { module: RootModule, imports: [common, module(settings)] };
  const app = await NestFactory.create<NestExpressApplication>(root, new LimitedExpressAdapter(before), {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.set('trust proxy', (address: string) => proxies.has(address));
  // The answers are small and never cached: a hash of each would help nobody.
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(jsonBodies(bodyBytes));
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  publish(app, service, settings.METRICS_PORT === undefined ? metrics : undefined);
  return app;
}

/** Routes that are about the service itself. */
function publish(
  app: NestExpressApplication,
  about: { readonly title: string; readonly version: string },
  metrics: Metrics | undefined,
): void {
  const express: Express = app.getHttpAdapter().getInstance();
  let document: ReturnType<typeof openApi> | undefined;
  express.get('/openapi.json', async (_request, response) => {
    response.json(await (document ??= openApi(app, about)));
  });
  if (metrics) {
    express.get('/metrics', async (_request, response) => {
      response.setHeader('Content-Type', metrics.registry.contentType);
      response.end(await metrics.registry.metrics());
    });
  }
}
