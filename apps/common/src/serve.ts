import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { createApp, type Overrides, type Service, type ServiceModule } from './app.ts';
import { FINISH_SECONDS } from './finish.ts';
import { closeServer, Lifecycle } from './lifecycle.ts';
import { JsonLogger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { type BaseSettings, loadSettings } from './settings.ts';
import { StandardOutput } from './standard-output.ts';

/**
 * Runs a service until it is told to stop. Invalid settings end the process with exit code 1 and one log line that
 * names all of them; so does an error in the module.
 *
 * On SIGTERM or SIGINT the service turns unready, serves for SHUTDOWN_DRAIN_SECONDS, finishes requests in flight and
 * exits with 0, or with 1 if that took more than FINISH_SECONDS. A second signal ends it immediately.
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
  // Outside production only the loopback interface. Without a host Node listens on all addresses, IPv4 and IPv6.
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
    if (!finished) logger.error(`requests were still in flight after ${FINISH_SECONDS} s and were aborted`);
    await app.close();
    metrics?.closeAllConnections();
    metrics?.close();
    logger.log('stopped', { finished });
    process.exit(finished ? 0 : 1);
  });
}

function onSignal(logger: JsonLogger, stop: () => Promise<void>): void {
  let stopping = false;
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      logger.log(stopping ? 'received another signal, exiting immediately' : 'shutting down', { signal });
      if (stopping) process.exit(128 + number);
      stopping = true;
      void stop();
    });
  }
}

/** A separate server for the metrics, which stays up until the end, so that a drain can be observed. */
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
