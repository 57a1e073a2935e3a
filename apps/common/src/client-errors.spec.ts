import { Controller, Delete, Get, Module, Param, Post } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';
import { baseSettings } from './settings.ts';
import { openRaw, type RunningService, startService } from './testing/index.ts';

@Controller('things')
class ThingsController {
  @Get('slow')
  async slow(): Promise<string> {
    await sleep(200);
    return 'slow';
  }

  @Get(':id')
  get(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Delete(':id')
  remove(): void {}

  @Post()
  add(): { added: true } {
    return { added: true };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

let running: RunningService;

beforeEach(async () => {
  const service = { name: 'things', version: '1.0.0', title: 'Things', settings: baseSettings };
  running = await startService(() => ThingsModule, service);
});

afterEach(async () => running.close());

/** Sends bytes. @returns all that is received until the server closes the connection */
async function exchange(text: string): Promise<string> {
  return (await openRaw(running.port, text)).closed;
}

const requestLines = (): Record<string, unknown>[] =>
  running.lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'request');

const metrics = (): Promise<string> => running.app.get(Metrics).registry.metrics();

const HOST = 'Host: x\r\n';
const CLOSE = `${HOST}Connection: close\r\n`;

describe.each([
  ['no Host', 'GET /things/1 HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'GET', '/things/:id'],
  ['two Hosts', `GET /things/1 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400, 'GET', '/things/:id'],
  ['a malformed head', 'nonsense\r\n\r\n', 400, 'other', 'unmatched'],
  ['an unknown method', `BREW /things/1 HTTP/1.1\r\n${CLOSE}\r\n`, 400, 'other', 'unmatched'],
  ['headers over the limit', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'other', 'unmatched'],
  ['many headers over the limit', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(200_000)}\r\n`, 431, 'other', 'unmatched'],
  ['CONNECT', `CONNECT db:27017 HTTP/1.1\r\n${HOST}\r\n`, 405, 'other', 'unmatched'],
  ['a method that the path lacks', `PUT /things/1 HTTP/1.1\r\n${CLOSE}\r\n`, 405, 'PUT', '/things/:id'],
  ['TRACE', `TRACE /things HTTP/1.1\r\n${CLOSE}\r\n`, 405, 'other', '/things'],
  ['an absolute target', `PUT http://x/things/1?q HTTP/1.1\r\n${CLOSE}\r\n`, 405, 'PUT', '/things/:id'],
  ['no such path', `PUT /nowhere HTTP/1.1\r\n${CLOSE}\r\n`, 404, 'PUT', 'unmatched'],
  ['a malformed path', `GET /things/%ff HTTP/1.1\r\n${CLOSE}\r\n`, 400, 'GET', '/things/:id'],
  [
    'a malformed chunk',
    `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
    'POST',
    '/things',
  ],
  [
    'another media type',
    `POST /things HTTP/1.1\r\n${CLOSE}Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx`,
    415,
    'POST',
    '/things',
  ],
] as const)('a request with %s', (_, text, status, method, route) => {
  it(`gets ${status} with problem, security headers and request id, a log line and a metric of ${route}`, async () => {
    const received = await exchange(text);
    const [head = '', body = ''] = received.split('\r\n\r\n');
    const id = /\r\nX-Request-Id: (\S+)\r\n/.exec(head)?.[1];
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/\r\nContent-Security-Policy: default-src 'none'[^]*\r\nX-Content-Type-Options: nosniff\r\n/);
    expect(head).toMatch(/\r\nContent-Type: application\/problem\+json/);
    expect(head.includes('\r\nAllow:')).toBe(status === 405);
    expect(JSON.parse(body)).toMatchObject({ status, requestId: id });
    expect(requestLines()).toMatchObject([{ requestId: id, status, route, client: '127.0.0.1' }]);
    expect(await metrics()).toContain(
      `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"} 1`,
    );
  });
});

it('PUT /things/:id gets 405 with the methods that it has', async () => {
  expect(await exchange(`PUT /things/1 HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(/\r\nAllow: DELETE, GET, HEAD, OPTIONS\r\n/);
});

it.each([
  ['/things/1', 'DELETE, GET, HEAD, OPTIONS'],
  ['/things', 'OPTIONS, POST'],
  ['*', 'DELETE, GET, HEAD, OPTIONS, POST'],
])('OPTIONS %s gets 204 with Allow: %s', async (path, allow) => {
  const received = await exchange(`OPTIONS ${path} HTTP/1.1\r\n${CLOSE}\r\n`);
  expect(received).toMatch(/^HTTP\/1.1 204 [^]*\r\nX-Content-Type-Options: nosniff\r\n/);
  expect(received).toContain(`\r\nAllow: ${allow}\r\n`);
  expect(received).toMatch(/\r\n\r\n$/);
});

it('a request over HTTP/1.0 needs no Host', async () => {
  expect(await exchange('GET /things/1 HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
});

it('a malformed request after one in progress is answered after that one', async () => {
  const received = await exchange(`GET /things/slow HTTP/1.1\r\n${HOST}\r\nnonsense\r\n\r\n`);
  expect(received).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\nslowHTTP\/1.1 400 /);
});

it('a body that is malformed after its request was refused gets no second answer', async () => {
  const received = await exchange(
    `POST /things HTTP/1.1\r\n${HOST}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  );
  expect(received.match(/HTTP\/1.1 /g)).toHaveLength(1);
  expect(received).toMatch(/^HTTP\/1.1 415 /);
});

it('a head that does not arrive gets 408', async () => {
  running.server.headersTimeout = 100;
  const received = await exchange('GET /things/1 HTTP/1.1\r\n');
  expect(received).toMatch(/^HTTP\/1.1 408 [^]*\r\nX-Request-Id: [^]*took too long to arrive/);
  expect(requestLines()).toMatchObject([{ status: 408, route: 'unmatched' }]);
});

it('a request whose body ends before its length gets 400', async () => {
  const { socket, closed } = await openRaw(
    running.port,
    `POST /things HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  );
  socket.end();
  expect(await closed).toMatch(/^HTTP\/1.1 400 [^]*The request is incomplete/);
});
