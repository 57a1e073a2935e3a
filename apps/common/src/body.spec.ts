import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Overrides } from './app.ts';
import { Metrics } from './metrics.ts';
import { baseSettings } from './settings.ts';
import { openRaw, type RawConnection, type RunningService, startService } from './testing/index.ts';

@Controller('things')
class ThingsController {
  @Get()
  list(): { things: [] } {
    return { things: [] };
  }

  @Post()
  add(@Body() body: unknown): { got: unknown } {
    return { got: body };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const A = '198.51.100.1';
const B = '198.51.100.2';

let running: RunningService;
let connections: RawConnection[] = [];

/** Clients are told apart by X-Forwarded-For. */
async function start(limits: Overrides['limits'] = {}, env: Record<string, string> = {}): Promise<void> {
  const service = { name: 'things', version: '1.0.0', title: 'Things', settings: baseSettings };
  running = await startService(() => ThingsModule, service, { TRUSTED_PROXIES: '127.0.0.0/8', ...env }, { limits });
}

afterEach(async () => {
  for (const { socket } of connections) socket.destroy();
  connections = [];
  await running.close();
});

const head = (client: string | undefined, lines: string): string =>
  `POST /things HTTP/1.1\r\nHost: x\r\n${client === undefined ? '' : `X-Forwarded-For: ${client}\r\n`}` +
  `Content-Type: application/json\r\n${lines}\r\n\r\n`;

async function open(text: string, from?: string): Promise<RawConnection> {
  const connection = await openRaw(running.port, text, from);
  connections.push(connection);
  return connection;
}

/** Sends a whole request on a connection of its own. @returns its status */
async function post(client: string | undefined, from?: string): Promise<number> {
  const text = await (await open(head(client, 'Content-Length: 2') + '{}', from)).until(/\r\n\r\n/);
  return Number(text.slice(9, 12));
}

/** Sends heads whose bodies never arrive. */
async function stall(count: number, client: string | undefined, from?: string): Promise<RawConnection[]> {
  return Promise.all(Array.from({ length: count }, () => open(head(client, 'Content-Length: 9') + '{', from)));
}

const statuses = (stalled: readonly RawConnection[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const connection of stalled) {
    const status = connection.text().slice(9, 12);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
};

describe('300 stalled bodies of one client', () => {
  const linux = process.platform === 'linux';
  it.skipIf(!linux)('leave a client of another address its 200, and get 429 or 408', async () => {
    await start({ bodyMs: 5000 }, { TRUSTED_PROXIES: '' });
    const stalled = await stall(300, undefined, '127.0.0.1');
    for (let i = 0; i < 20; i += 1) expect(await post(undefined, '127.0.0.2')).toBe(201);
    expect(await running.app.get(Metrics).registry.metrics()).toMatch(/^http_requests_in_flight 0$/m);
    await Promise.all(stalled.map(async ({ closed }) => closed));
    expect(statuses(stalled)).toEqual({ '408': 32, '429': 268 });
    expect(await post(undefined, '127.0.0.1')).toBe(201);
  });

  it('behind a trusted proxy leave a client of another address its 200', async () => {
    await start();
    const stalled = await stall(300, A);
    for (let i = 0; i < 20; i += 1) expect(await post(B)).toBe(201);
    expect(statuses(stalled)).toEqual({ '': 32, '429': 268 });
    expect(await post(A)).toBe(429);
    const refused = stalled.find((connection) => connection.text() !== '');
    expect(refused?.text()).toMatch(/^HTTP\/1.1 429 [^]*\r\nRetry-After: 1\r\n[^]*application\/problem\+json/);
    for (const { socket } of stalled) socket.destroy();
    await sleep(200);
    expect(await post(A)).toBe(201);
  });
});

describe('a body', () => {
  it('that does not arrive gets 408 after the stated time, and the connection is closed', async () => {
    await start({ bodyMs: 300 });
    const begun = performance.now();
    const [stalled] = await stall(1, A);
    const text = (await stalled?.closed) ?? '';
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(text).toMatch(/^HTTP\/1.1 408 [^]*\r\nConnection: close\r\n[^]*took longer than 0.3 seconds/);
    expect(JSON.parse(running.lines.at(-1) ?? '')).toMatchObject({ message: 'request', status: 408, client: A });
  });

  it('that arrives slowly gets 201', async () => {
    await start({ timeoutMs: 100 });
    const connection = await open(head(A, 'Content-Length: 9'));
    for (const part of ['{"a"', ':', '123}']) {
      await sleep(100);
      connection.socket.write(part);
    }
    expect(await connection.until(/\}\}/)).toMatch(/^HTTP\/1.1 201 [^]*\{"got":\{"a":123\}\}$/);
  });

  it('beyond the cap for all clients gets 503 with Retry-After', async () => {
    await start({ bodies: 3, bodiesPerClient: 2 });
    await Promise.all([stall(2, A), stall(1, B)]);
    await sleep(100);
    expect(await post('198.51.100.3')).toBe(503);
    expect(await post(A)).toBe(429);
    expect((await fetch(`http://127.0.0.1:${running.port}/things`)).status).toBe(200);
  });

  it('that is declared too large gets 413 before it is sent, and without 100 Continue', async () => {
    await start();
    for (const expect100 of ['', '\r\nExpect: 100-continue']) {
      const connection = await open(head(A, `Content-Length: 65537${expect100}`));
      expect(await connection.until(/\}$/)).toMatch(/^HTTP\/1.1 413 [^]*application\/problem\+json/);
      if (expect100 !== '') expect(await connection.closed).toMatch(/\r\nConnection: close\r\n/);
    }
  });

  it('that is too large, and sent all the same, gets its 413 and no reset', async () => {
    await start();
    const connection = await open(head(A, 'Content-Length: 1000000'));
    connection.socket.write('x'.repeat(1_000_000));
    await connection.until(/^HTTP\/1.1 413 [^]*\}$/);
    connection.socket.write('GET /things HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.until(/\}HTTP\/1.1 200 /);
  });

  it('that is too large, and never sent whole, keeps its connection for a moment only', async () => {
    await start();
    const connection = await open(head(A, 'Content-Length: 1000000') + 'x');
    const begun = performance.now();
    expect(await connection.closed).toMatch(/^HTTP\/1.1 413 [^]*\}$/);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('that is not UTF-8 gets 400', async () => {
    await start();
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const connection = await open(head(A, `Content-Length: ${bytes.length}`));
    connection.socket.write(bytes);
    expect(await connection.until(/\}$/)).toMatch(/^HTTP\/1\.1 400 [^]*The body is not valid JSON/);
  });

  it('in chunks gets 201 up to the limit, and 413 as soon as it is larger', async () => {
    await start();
    const chunk = `1000\r\n${' '.repeat(4096)}\r\n`;
    const right = await open(head(A, 'Transfer-Encoding: chunked') + chunk.repeat(15) + '2\r\n{}\r\n0\r\n\r\n');
    expect(await right.until(/\}\}/)).toMatch(/^HTTP\/1.1 201 /);
    const large = await open(head(A, 'Transfer-Encoding: chunked') + chunk.repeat(17));
    expect(await large.until(/\}$/)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('behind Expect: 100-continue is asked for once it is accepted', async () => {
    await start();
    const connection = await open(head(A, 'Content-Length: 2\r\nExpect: 100-continue'));
    expect(await connection.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    connection.socket.write('{}');
    await connection.until(/\r\n\r\nHTTP\/1.1 201 /);
  });

  it('of a client beyond its rate gets 429 and no 100 Continue', async () => {
    await start({}, { RATE_LIMIT_PER_SECOND: '1' });
    await post(A);
    await post(A);
    const connection = await open(head(A, 'Content-Length: 2\r\nExpect: 100-continue'));
    expect(await connection.closed).toMatch(/^HTTP\/1.1 429 /);
  });
});
