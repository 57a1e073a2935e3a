import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import { createApp, type Overrides, type Service, type ServiceModule } from '../app.ts';
import { type BaseSettings, loadSettings } from '../settings.ts';

/** A service that listens on a free port of this machine. */
export interface RunningService {
  readonly app: NestExpressApplication;
  readonly server: Server;
  readonly port: number;
  /** Lines of its log. */
  readonly lines: readonly string[];
  /** Resolves once `/readyz` responds 200. @throws Error with the log if it does not within ten seconds */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const READY_MS = 10_000;

/** Starts a service in this process, without rate limits and without a log on standard output. */
export async function startService<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  env: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<RunningService> {
  const settings = loadSettings(service.settings, {
    NODE_ENV: 'test',
    RATE_LIMIT_PER_SECOND: '0',
    ...env,
  }) as z.output<S> & BaseSettings;
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line) > 0, flush: () => {} };
  const app = await createApp(module, service, settings, { sink, ...overrides });
  await app.listen(0, '127.0.0.1');
  const server: Server = app.getHttpServer();
  const { port } = server.address() as AddressInfo;
  const ready = async (): Promise<void> => {
    for (const start = performance.now(); performance.now() - start < READY_MS; await sleep(20)) {
      const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
      if (status === 200) return;
    }
    throw new Error(`The service is not ready after ${READY_MS} ms; it logged:\n${lines.join('\n')}`);
  };
  return { app, server, port, lines, ready, close: () => app.close() };
}
