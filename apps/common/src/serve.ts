import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { createApp, type Overrides, type Service, type ServiceModule } from './app.ts';
import { FINISH_SECONDS } from './finish.ts';
import { closeServer, Lifecycle } from './lifecycle.ts';
import { JsonLogger, StandardOutput } from './logger.ts';
import { Metrics } from './metrics.ts';
import { type BaseSettings, loadSettings } from './settings.ts';

/**
 * Runs a service until it is told to stop. Settings that are wrong end the process with status 1 and one line that
 * names all of them; so does a fault in the module.
 *
 * On SIGTERM or SIGINT the service stops being ready, answers for SHUTDOWN_DRAIN_SECONDS, finishes what is in flight
 * and ends with status 0; with 1 if that took more than FINISH_SECONDS. A second signal ends it at once.
 */
export async function serve<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  overrides: Overrides = {},
): Promise<void> {
  const sink = overrides.sink ?? new StandardOutput();
  const logger = new JsonLogger(sink, { service: service.name, version: service.version });
  const fail = (error: unknown): void => {
    const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
    logger.fatal(message, name === 'SettingsError' ? {} : { stack });
    process.exit(1);
  };
  process.on('exit', () => sink.flush());
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    await start(module, service, { ...overrides, sink });
  } catch (error) {
    fail(error);
  }
}

async function start<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  overrides: Overrides,
): Promise<void> {
  const settings = loadSettings(service.settings, process.env) as z.output<S> & BaseSettings;
  const app = await createApp(module, service, settings, overrides);
  // A service that somebody tries at home answers nobody else. Without a host Node takes all addresses, of IPv6 as well
  // if the machine has it.
  const host = settings.NODE_ENV === 'production' ? undefined : '127.0.0.1';
  await app.init();
  const server: Server = app.getHttpServer();
  await listen(server, settings.PORT, host);
  const metrics =
    settings.METRICS_PORT === undefined
      ? undefined
      : await listenForMetrics(app.get(Metrics), settings.METRICS_PORT, host);
  const logger = app.get(JsonLogger);
  const ports = { port: portOf(server), ...(metrics && { metricsPort: portOf(metrics) }) };
  logger.log('listening', { ...ports, startedInMs: Math.round(performance.now()) });

  onSignal(logger, async () => {
    app.get(Lifecycle).drain();
    await sleep(settings.SHUTDOWN_DRAIN_SECONDS * 1000);
    const finished = await closeServer(server, FINISH_SECONDS * 1000);
    if (!finished) logger.error(`Requests were still unanswered after ${FINISH_SECONDS} s, and were cut off.`);
    await app.close();
    metrics?.closeAllConnections();
    metrics?.close();
    logger.log('stopped', { finished });
    process.exit(finished ? 0 : 1);
  });
}

function onSignal(logger: JsonLogger, stop: () => Promise<void>): void {
  let told = false;
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      logger.log(told ? 'told to stop again: ends at once' : 'told to stop', { signal });
      if (told) process.exit(128 + number);
      told = true;
      void stop();
    });
  }
}

/** A server of its own for the metrics, which stays until the very end, so that a drain can be watched. */
async function listenForMetrics({ registry }: Metrics, port: number, host: string | undefined): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, port, host);
  return server;
}

async function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
