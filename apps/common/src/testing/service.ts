import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import { createApp, type Overrides, type Service, type ServiceModule } from '../app.ts';
import { type BaseSettings, loadSettings } from '../settings.ts';

/** A service that answers on a free port of this machine. */
export interface RunningService {
  readonly app: NestExpressApplication;
  readonly server: Server;
  readonly port: number;
  /** What it logged, a line each. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Starts a service in this process, without limits on the rate and without a log on standard output. */
export async function startService<S extends z.ZodObject>(
  module: ServiceModule<S>,
  service: Service<S>,
  env: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<RunningService> {
  const settings = loadSettings(service.settings, { NODE_ENV: 'test', RATE_LIMIT_PER_SECOND: '0', ...env }) as z.output<S> & BaseSettings;
  const lines: string[] = [];
  const sink = { write: (line: string) => void lines.push(line), flush: () => {} };
  const app = await createApp(module, service, settings, { sink, ...overrides });
  await app.listen(0, '127.0.0.1');
  const server: Server = app.getHttpServer();
  const { port } = server.address() as AddressInfo;
  return { app, server, port, lines, close: () => app.close() };
}
