import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TerminusModule } from '@nestjs/terminus';
import expressApp, { type Express } from 'express';
import type { z } from 'zod';
import { TrustedProxies } from './addresses.ts';
import { Bodies } from './body.ts';
import { ClientErrors } from './client-errors.ts';
import { HealthController, Readiness } from './health.ts';
import { LimitedExpressAdapter } from './http-server.ts';
import { Lifecycle } from './lifecycle.ts';
import { Places, RateLimit } from './limits.ts';
import { JsonLogger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { requestMiddleware } from './middleware.ts';
import { openApi } from './openapi.ts';
import { ProblemFilter } from './problem.ts';
import { Routes } from './routes.ts';
import type { BaseSettings, SettingsSchema } from './settings.ts';
import { type LogSink, StandardOutput } from './standard-output.ts';
import { ValidationPipe } from './validation.ts';

/** A service's identity and settings schema. */
export interface Service<S extends z.ZodObject = SettingsSchema> {
  /** In every log line and in `service_info`; also the name of the image and the Deployment. */
  readonly name: string;
  /** The package's version. */
  readonly version: string;
  /** Title of the OpenAPI document. */
  readonly title: string;
  /** `baseSettings`, extended with the service's own. */
  readonly settings: S;
}

/** Builds the service's own module from its settings. */
export type ServiceModule<S extends z.ZodObject = SettingsSchema> = (settings: z.output<S>) => DynamicModule | Type;

/** Limits that are constants, not settings: they are the same in every cluster. */
export interface Limits {
  /** Requests in flight per pod. One client gets half of them at most. @default 256 */
  readonly concurrency: number;
  /** Requests per pod whose bodies have not arrived. @default 512 */
  readonly bodies: number;
  /** … of one client. @default 32 */
  readonly bodiesPerClient: number;
  /** Maximum size of a request body in bytes. @default 65536 */
  readonly bodyBytes: number;
  /** Time for a request body to arrive in milliseconds; shorter than FINISH_SECONDS. @default 10000 */
  readonly bodyMs: number;
  /**
   * Request timeout in milliseconds: longer than the election of a MongoDB primary, shorter than FINISH_SECONDS.
   * @default 14000
   */
  readonly timeoutMs: number;
}

const LIMITS: Limits = {
  concurrency: 256,
  bodies: 512,
  bodiesPerClient: 32,
  bodyBytes: 65_536,
  bodyMs: 10_000,
  timeoutMs: 14_000,
};

/** Overrides for tests. */
export interface Overrides {
  readonly limits?: Partial<Limits>;
  /** @default standard output */
  readonly sink?: LogSink;
}

@Module({})
class CommonModule {}

@Module({})
class RootModule {}

/** Injection token of the settings that the service was started with. */
export const SETTINGS = Symbol('settings');

/**
 * Builds a service without listening: logs, metrics, health, limits, problem responses, OpenAPI. Call `init()`, or let
 * `serve` do so and listen.
 */
export async function createApp<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  settings: z.output<S> & BaseSettings,
  { limits = {}, sink = new StandardOutput() }: Overrides = {},
): Promise<NestExpressApplication> {
  const { concurrency, bodies, bodiesPerClient, bodyBytes, bodyMs, timeoutMs } = { ...LIMITS, ...limits };
  const { name, version } = service;
  const inFlight = new Places(concurrency, Math.ceil(concurrency / 2));
  const lifecycle = new Lifecycle();
  const logger = new JsonLogger(sink, { service: name, version }, settings.NODE_ENV === 'development');
  const metrics = new Metrics(name, version, { inFlight: () => inFlight.count, droppedLines: () => logger.dropped });
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
  const express = expressApp();
  const routes = new Routes(express);
  const exchange = { proxies, lifecycle, metrics, logger, routes };
  const middleware = requestMiddleware({
    ...exchange,
    rate: new RateLimit(settings.RATE_LIMIT_PER_SECOND),
    bodies: new Bodies({ bytes: bodyBytes, timeoutMs: bodyMs, total: bodies, perClient: bodiesPerClient }),
    inFlight,
    timeoutMs,
  });
  const root: DynamicModule = { module: RootModule, imports: [common, module(settings)] };
  const adapter = new LimitedExpressAdapter({ express, routes, middleware, errors: new ClientErrors(exchange) });
  const app = await NestFactory.create<NestExpressApplication>(root, adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.set('trust proxy', (address: string) => proxies.has(address));
  // Responses are small and not cached (`no-store`), so ETags would be wasted work.
  app.set('etag', false);
  app.disable('x-powered-by');
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  addServiceRoutes(app, service, settings.METRICS_PORT === undefined ? metrics : undefined);
  return app;
}

/** Adds `/openapi.json` and, unless it has its own port, `/metrics`. */
function addServiceRoutes(
  app: NestExpressApplication,
  info: { readonly title: string; readonly version: string },
  metrics: Metrics | undefined,
): void {
  const express: Express = app.getHttpAdapter().getInstance();
  let document: ReturnType<typeof openApi> | undefined;
  express.get('/openapi.json', async (_request, response) => {
    response.json(await (document ??= openApi(app, info)));
  });
  if (metrics) {
    express.get('/metrics', async (_request, response) => {
      response.setHeader('Content-Type', metrics.registry.contentType);
      response.end(await metrics.registry.metrics());
    });
  }
}
