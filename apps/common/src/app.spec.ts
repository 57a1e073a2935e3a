import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Body,
  Controller,
  type DynamicModule,
  Get,
  HttpCode,
  Inject,
  Logger,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
  ServiceUnavailableException,
} from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Overrides, Service } from './app.ts';
import { Readiness } from './health.ts';
import { Lifecycle } from './lifecycle.ts';
import { Metrics } from './metrics.ts';
import { Describe } from './openapi.ts';
import { RequestId } from './request-id.ts';
import { baseSettings } from './settings.ts';
import { bytesOf, type RunningService, sendRaw, startService } from './testing/index.ts';

/** Some libraries throw values that are not errors. */
const odd = { odd: true } as unknown as Error;

const thing = z.strictObject({ name: z.string().min(1), size: z.object({ width: z.int() }).optional() });

@Controller('things')
class ThingsController {
  private readonly logger = new Logger('Things');

  @Get()
  list(
    @Query({ schema: z.object({ limit: z.coerce.number().int().max(10).default(5) }) }) query: { limit: number },
    @RequestId() requestId: string,
  ): { limit: number } {
    this.logger.log('listed', { requestId, ...query });
    return query;
  }

  @Get('error')
  fail(): never {
    throw new Error('the password is hunter2');
  }

  @Get('unavailable')
  unavailable(): never {
    throw new ServiceUnavailableException('The store is unavailable.', { cause: new Error('connection refused') });
  }

  @Get('odd')
  odd(): never {
    throw odd;
  }

  @Get('slow')
  async slow(@Query('ms') ms: string): Promise<{ slept: string }> {
    await sleep(Number(ms));
    return { slept: ms };
  }

  @Get(':id')
  @Describe({ summary: 'One thing', returns: thing, errors: [400, 404] })
  get(@Param('id', { schema: z.string().regex(/^\d+$/, 'must be a number') }) id: string): never {
    throw new NotFoundException(`No thing has the id ${id}.`);
  }

  @Post()
  @HttpCode(201)
  @Describe({ summary: 'Adds a thing', returns: thing, status: 201 })
  add(@Body({ schema: thing }) body: z.output<typeof thing>): z.output<typeof thing> {
    return body;
  }
}

const store = { up: true };

@Module({})
class ThingsModule {
  constructor(@Inject(Readiness) readiness: Readiness, @Inject(HealthIndicatorService) health: HealthIndicatorService) {
    readiness.add(() =>
      store.up ? health.check('store').up() : health.check('store').down('mongodb://admin@10.0.0.5 is unavailable'),
    );
  }
}

const service: Service = { name: 'things', version: '1.2.3', title: 'Things', settings: baseSettings };
const things = (): DynamicModule => ({ module: ThingsModule, controllers: [ThingsController] });

let running: RunningService | undefined;

async function start(env: Record<string, string> = {}, overrides: Overrides = {}): Promise<RunningService> {
  store.up = true;
  running = await startService(things, service, env, overrides);
  return running;
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('every response', () => {
  it('echoes a well-formed X-Request-Id and replaces a malformed one', async () => {
    const { server } = await start();
    const given = await request(server).get('/things').set('X-Request-Id', 'abc-1');
    expect(given.headers['x-request-id']).toBe('abc-1');
    const malformed = await request(server).get('/things').set('X-Request-Id', 'a b');
    expect(malformed.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has the security headers and no X-Powered-By', async () => {
    const { server } = await start();
    for (const path of ['/things', '/nowhere', '/things/error']) {
      const { headers } = await request(server).get(path);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('is logged with request id, route, status and client address, without the query', async () => {
    const { server, lines } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' });
    await request(server)
      .get('/things/7?token=s3cret')
      .set('X-Request-Id', 'abc')
      .set('X-Forwarded-For', '198.51.100.1');
    const line = JSON.parse(lines.at(-1) ?? '') as unknown;
    expect(line).toMatchObject({
      level: 'log',
      message: 'request',
      requestId: 'abc',
      method: 'GET',
      path: '/things/7',
      route: '/things/:id',
      status: 404,
      client: '198.51.100.1',
    });
    expect(lines.join('\n')).not.toContain('s3cret');
  });

  it('is logged with the client address even if X-Forwarded-For follows 2500 headers', async () => {
    const { port, lines } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' });
    const many = Array.from({ length: 2500 }, () => ['x', ''] as const);
    const headers = [['Host', 'x'], ['Connection', 'close'], ...many, ['X-Forwarded-For', '198.51.100.1']] as const;
    const { status } = await sendRaw(
      port,
      bytesOf({ method: 'GET', target: '/things', headers, body: new Uint8Array() }),
    );
    expect(status).toBe(200);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ message: 'request', client: '198.51.100.1' });
  });

  it('has the request id that @RequestId() gives the handler', async () => {
    const { server, lines } = await start();
    await request(server).get('/things?limit=3').set('X-Request-Id', 'one');
    expect(
      lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line['message'] === 'listed'),
    ).toMatchObject({ requestId: 'one', limit: 3, context: 'Things' });
  });
});

describe('a problem response', () => {
  it('GET /things/:id answers 404 as RFC 9457 problem+json with the request id', async () => {
    const { server } = await start();
    const response = await request(server).get('/things/7').set('X-Request-Id', 'abc');
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(response.text)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No thing has the id 7.',
      requestId: 'abc',
    });
  });

  it('POST /things, GET /things and GET /things/:id answer 400 naming each invalid field', async () => {
    const { server } = await start();
    const problem = async (response: PromiseLike<{ status: number; text: string }>): Promise<unknown> => {
      const { status, text } = await response;
      return { status, errors: (JSON.parse(text) as { errors?: unknown }).errors };
    };
    expect(
      await problem(
        request(server)
          .post('/things')
          .send({ name: '', size: { width: 'x' }, extra: 1 }),
      ),
    ).toEqual({
      status: 400,
      errors: [
        { field: 'body.name', detail: expect.any(String) as string },
        { field: 'body.size.width', detail: expect.any(String) as string },
        { field: 'body.extra', detail: 'is not a known field' },
      ],
    });
    expect(await problem(request(server).get('/things?limit=11'))).toEqual({
      status: 400,
      errors: [{ field: 'query.limit', detail: expect.any(String) as string }],
    });
    expect(await problem(request(server).get('/things/x'))).toEqual({
      status: 400,
      errors: [{ field: 'path.id', detail: 'must be a number' }],
    });
  });

  it('POST /things answers 400 naming at most 50 invalid fields', async () => {
    const { server } = await start();
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, 1]));
    const { text } = await request(server)
      .post('/things')
      .send({ name: 'x', ...many });
    expect((JSON.parse(text) as { errors: unknown[] }).errors).toHaveLength(50);
  });

  it.each(['/things/error', '/things/odd'])('GET %s answers 500 without details and logs the stack', async (path) => {
    const { server, lines } = await start();
    const response = await request(server).get(path);
    expect(response.status).toBe(500);
    expect(response.text).not.toMatch(/hunter2|at |\.ts/);
    const logged = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ context }) => context === 'Errors');
    expect(logged).toMatchObject({ level: 'error', requestId: response.headers['x-request-id'] });
    expect(String(logged?.['stack'])).toMatch(path.endsWith('odd') ? /^Error: thrown: / : /app\.spec\.ts/);
  });

  it('GET /things/unavailable answers 503 with detail and Retry-After, and logs one line without a stack', async () => {
    const { server, lines } = await start();
    const response = await request(server).get('/things/unavailable');
    expect([
      response.status,
      response.headers['retry-after'],
      (JSON.parse(response.text) as { detail: string }).detail,
    ]).toEqual([503, '1', 'The store is unavailable.']);
    const logged = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ context }) => context === 'Errors');
    expect(logged).toMatchObject({ level: 'warn', message: 'The store is unavailable.', cause: 'connection refused' });
    expect(logged).not.toHaveProperty('stack');
  });

  it.each([
    ['400 for malformed JSON', '{"name":', 'application/json', 400, 'The body is not valid JSON.'],
    ['415 for a form', 'name=x', 'application/x-www-form-urlencoded', 415, 'Send the body as application/json.'],
    [
      '413 for a body over the limit',
      JSON.stringify({ name: 'x'.repeat(70_000) }),
      'application/json',
      413,
      'The body is too large.',
    ],
    [
      '415 for an unknown character set',
      '{}',
      'application/json; charset=klingon',
      415,
      'The character set of the body is not supported; send UTF-8.',
    ],
  ])('POST /things answers %s', async (_, body, type, status, detail) => {
    const { server } = await start();
    const response = await request(server).post('/things').set('Content-Type', type).send(body);
    expect([response.status, (JSON.parse(response.text) as { detail: string }).detail]).toEqual([status, detail]);
  });

  it('POST /things answers 415 for a compressed body; GET /things/%ff answers 400', async () => {
    const { server } = await start();
    const compressed = await request(server)
      .post('/things')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .send('{}');
    expect(compressed.status).toBe(415);
    expect((await request(server).get('/things/%ff')).status).toBe(400);
  });

  it.each([
    ['431 for headers over the limit', 'GET / HTTP/1.1\r\nHost: x\r\nX: ' + 'x'.repeat(20_000) + '\r\n\r\n', 431],
    ['400 for malformed HTTP', 'nonsense\r\n\r\n', 400],
  ])('answers %s', async (_, text, status) => {
    const { port } = await start();
    const socket = createConnection(port, '127.0.0.1');
    let received = '';
    socket.on('data', (part: Buffer) => (received += part.toString()));
    socket.write(text);
    await once(socket, 'close');
    expect(received).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*application/problem\\+json[\\s\\S]*"status":${status}`),
    );
  });
});

describe('limits', () => {
  it('GET /things answers 429 over the rate limit; probes and /metrics are exempt', async () => {
    const { server } = await start({ RATE_LIMIT_PER_SECOND: '1' });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await request(server).get('/things')).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    const refused = await request(server).get('/things');
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await request(server).get('/livez')).status).toBe(200);
    expect((await request(server).get('/metrics')).status).toBe(200);
    expect((await request(server).get('/readyz').set('X-Forwarded-For', '198.51.100.1')).status).toBe(429);
  });

  it('GET /things answers 503 over the concurrency limit; probes are exempt', async () => {
    const { port } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' }, { limits: { concurrency: 2 } });
    const get = (path: string, client?: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: client === undefined ? {} : { 'X-Forwarded-For': client } });
    const busy = [get('/things/slow?ms=300', '198.51.100.1'), get('/things/slow?ms=300', '198.51.100.2')];
    await sleep(100);
    const refused = await get('/things', '198.51.100.3');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await get('/livez')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toMatch(/^http_requests_in_flight 2$/m);
    expect((await Promise.all(busy)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await get('/things')).status).toBe(200);
  });

  it('GET /things answers 429 to a client with half of the requests in flight, and others get 200', async () => {
    const { port } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' }, { limits: { concurrency: 4 } });
    const get = (path: string, client: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'X-Forwarded-For': client } });
    const busy = [get('/things/slow?ms=300', '2001:db8::1'), get('/things/slow?ms=300', '2001:db8::2')];
    await sleep(100);
    const refused = await get('/things', '2001:db8::3');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await get('/things', '2001:db8:0:1::1')).status).toBe(200);
    expect((await Promise.all(busy)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await get('/things', '2001:db8::3')).status).toBe(200);
  });

  it('GET /things/slow answers 503 after the timeout', async () => {
    const { server, lines } = await start({}, { limits: { timeoutMs: 50 } });
    const response = await request(server).get('/things/slow?ms=200');
    expect([response.status, (JSON.parse(response.text) as { detail: string }).detail]).toEqual([
      503,
      'The request took longer than 0.05 seconds.',
    ]);
    // The handler's late response is dropped and is not an error.
    await sleep(250);
    expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

describe('health', () => {
  it('GET /readyz answers 503 without details while the store is down; GET /livez stays 200', async () => {
    const { server, lines } = await start();
    expect((await request(server).get('/readyz')).body).toEqual({ status: 'up', checks: { store: 'up' } });
    store.up = false;
    expect((await request(server).get('/livez')).status).toBe(200);
    const response = await request(server).get('/readyz');
    expect([response.status, response.body]).toEqual([503, { status: 'down', checks: { store: 'down' } }]);
    await request(server).get('/readyz');
    store.up = true;
    expect((await request(server).get('/readyz')).status).toBe(200);
    const logged = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ context }) => context === 'Health');
    expect(logged.map(({ message }) => message)).toEqual(['not ready', 'ready']);
  });

  it.each([true, false])('GET /readyz answers as /openapi.json says, with the store up: %s', async (up) => {
    const { server } = await start();
    store.up = up;
    const { status, body, type } = await request(server).get('/readyz');
    const { paths } = (await request(server).get('/openapi.json')).body as {
      paths: Record<
        string,
        Record<
          string,
          { responses: Record<string, { content: Record<string, { schema: z.core.JSONSchema.BaseSchema }> }> }
        >
      >;
    };
    const content = paths['/readyz']?.['get']?.responses[String(status)]?.content;
    expect(status).toBe(up ? 200 : 503);
    expect(z.fromJSONSchema(content?.[type]?.schema ?? {}).safeParse(body)).toMatchObject({ success: true });
    expect(content).toHaveProperty([type]);
  });

  it('GET /readyz answers 503 with Connection: close while the service drains', async () => {
    const { app, server } = await start();
    app.get(Lifecycle).drain();
    const response = await request(server).get('/readyz');
    expect([response.status, response.body, response.headers['connection']]).toEqual([
      503,
      { status: 'down', checks: { shutdown: 'down' } },
      'close',
    ]);
    expect((await request(server).get('/things')).status).toBe(200);
    expect((await request(server).get('/livez')).status).toBe(200);
  });
});

describe('metrics', () => {
  it('GET /metrics labels requests by route template, so that paths do not grow the series', async () => {
    const { server } = await start();
    await request(server).get('/things/1');
    await request(server).get('/things/2');
    await request(server).get('/nowhere/1');
    await request(server).get('/nowhere/2');
    await request(server).options('/things/1');
    const { text, headers } = await request(server).get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/things/:id",status="404"} 2');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2');
    expect(text).toContain('service_info{name="things",version="1.2.3"} 1');
    expect(text).toMatch(/^http_requests_in_flight 0$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('labels unknown methods as "other"', async () => {
    const metrics = new Metrics('x', '1', { inFlight: () => 0, droppedLines: () => 0 });
    for (const method of ['BREW', 'PURGE']) metrics.observe(method, '/', 404, 0.1);
    expect(await metrics.registry.metrics()).toContain(
      'http_request_duration_seconds_count{method="other",route="/",status="404"} 2',
    );
  });

  it('counts a request whose client disconnected as status 499', async () => {
    const { app, port } = await start();
    const socket = createConnection(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /things/slow?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n');
    await sleep(100);
    socket.destroy();
    await sleep(100);
    expect(await app.get(Metrics).registry.metrics()).toContain('route="/things/slow",status="499"} 1');
  });

  it('GET /metrics answers 404 on PORT if METRICS_PORT is set', async () => {
    const { server } = await start({ METRICS_PORT: '0' });
    expect((await request(server).get('/metrics')).status).toBe(404);
  });
});

describe('GET /openapi.json', () => {
  it('lists parameters, bodies, responses and errors of each route', async () => {
    const { server } = await start();
    const { body } = await request(server).get('/openapi.json');
    const { info, paths, components } = body as {
      info: unknown;
      paths: Record<
        string,
        Record<
          string,
          { summary: string; responses: Record<string, unknown>; parameters: unknown[]; requestBody: unknown }
        >
      >;
      components: { schemas: Record<string, unknown> };
    };
    expect(info).toMatchObject({ title: 'Things', version: '1.2.3' });
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/livez', '/readyz', '/things', '/things/{id}']));
    const get = paths['/things/{id}']?.['get'];
    expect(get?.summary).toBe('One thing');
    expect(Object.keys(get?.responses ?? {})).toEqual(['200', '400', '404', '429', '500', '503']);
    expect(get?.responses['404']).toEqual({
      description: 'Problem details (RFC 9457)',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
    expect(get?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true, schema: { pattern: String.raw`^\d+$` } },
    ]);
    const post = paths['/things']?.['post'];
    expect(post?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { required: ['name'], properties: { size: { type: 'object' } } } } },
    });
    expect(Object.keys(post?.responses ?? {})).toContain('201');
    expect(components.schemas['Problem']).toMatchObject({
      required: expect.arrayContaining(['status', 'detail', 'requestId']) as string[],
    });
    // A second request gets the same document.
    expect((await request(server).get('/openapi.json')).body).toEqual(body);
  });
});
