import { Controller, Get, Module } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Service } from './app.ts';
import { serve } from './serve.ts';
import { baseSettings } from './settings.ts';

@Controller()
class SlowController {
  @Get('slow')
  async slow(): Promise<{ done: true }> {
    await sleep(400);
    return { done: true };
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

const service: Service = { name: 'slow', version: '1.0.0', title: 'Slow', settings: baseSettings };

/** Replaces `process.on` and `process.exit`. */
class FakeProcess {
  readonly lines: Record<string, unknown>[] = [];
  readonly handlers = new Map<string | symbol, (...args: unknown[]) => void>();
  flushed = 0;
  readonly ended: Promise<number>;

  constructor() {
    vi.spyOn(process, 'on').mockImplementation((event: string | symbol, handler: (...args: unknown[]) => void) => {
      this.handlers.set(event, handler);
      return process;
    });
    this.ended = new Promise((resolve) => {
      vi.spyOn(process, 'exit').mockImplementation((code) => {
        resolve(Number(code ?? 0));
        return undefined as never;
      });
    });
  }

  readonly sink = {
    write: (line: string) => this.lines.push(JSON.parse(line) as Record<string, unknown>) > 0,
    flush: () => void (this.flushed += 1),
  };

  emit(event: string, ...args: unknown[]): void {
    this.handlers.get(event)?.(...args);
  }

  line(message: string): Record<string, unknown> | undefined {
    return this.lines.find((line) => line['message'] === message);
  }
}

let fake: FakeProcess;

beforeEach(() => {
  fake = new FakeProcess();
  vi.stubEnv('PORT', '0');
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const run = (): Promise<void> => serve(() => SlowModule, service, { sink: fake.sink });

describe('serve', () => {
  it('exits with 1 on invalid settings, with one log line and no stack', async () => {
    vi.stubEnv('PORT', 'x');
    vi.stubEnv('SHUTDOWN_DRAIN_SECONDS', 'y');
    await run();
    expect(await fake.ended).toBe(1);
    expect(fake.lines).toMatchObject([
      { level: 'fatal', message: expect.stringMatching(/PORT: .*"x"\n {2}SHUTDOWN_DRAIN_SECONDS: .*"y"/) as string },
    ]);
    expect(fake.lines[0]).not.toHaveProperty('stack');
  });

  it('exits with 1 on a startup error or an unhandled rejection, and logs the stack', async () => {
    await serve(
      () => {
        throw new Error('no module');
      },
      service,
      { sink: fake.sink },
    );
    expect(await fake.ended).toBe(1);
    expect(fake.lines).toMatchObject([
      { level: 'fatal', message: 'no module', stack: expect.stringContaining('serve.spec.ts') as string },
    ]);
    fake.emit('unhandledRejection', 'a word');
    expect(fake.lines.at(-1)).toMatchObject({ level: 'fatal', message: 'a word' });
    fake.emit('exit');
    expect(fake.flushed).toBeGreaterThan(0);
  });

  it('on SIGTERM turns unready, serves during the drain, finishes requests in flight and exits with 0', async () => {
    vi.stubEnv('SHUTDOWN_DRAIN_SECONDS', '1');
    vi.stubEnv('METRICS_PORT', '0');
    await run();
    const { port, metricsPort } = fake.line('listening') ?? {};
    const get = (path: string, from = port): Promise<Response> => fetch(`http://127.0.0.1:${Number(from)}${path}`);
    expect((await get('/readyz')).status).toBe(200);
    expect(await (await get('/metrics', metricsPort)).text()).toContain('http_request_duration_seconds');
    expect((await get('/other', metricsPort)).status).toBe(404);

    fake.emit('SIGTERM', 'SIGTERM');
    expect((await get('/readyz')).status).toBe(503);
    await sleep(850);
    const slow = get('/slow');
    await sleep(300);
    await expect(get('/livez')).rejects.toThrow();
    expect((await get('/metrics', metricsPort)).status).toBe(200);
    expect((await slow).status).toBe(200);
    expect(await fake.ended).toBe(0);
    expect(fake.lines.at(-1)).toMatchObject({ message: 'stopped', finished: true });
  });

  it('exits immediately on a second signal', async () => {
    vi.stubEnv('SHUTDOWN_DRAIN_SECONDS', '1');
    await run();
    fake.emit('SIGINT', 'SIGINT');
    fake.emit('SIGTERM', 'SIGTERM');
    expect(await fake.ended).toBe(128 + 15);
    expect(fake.line('received another signal, exiting immediately')).toBeDefined();
    await vi.waitFor(() => expect(fake.line('stopped')).toBeDefined(), 5000);
  });
});
