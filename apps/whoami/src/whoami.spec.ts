import { type RunningService, startService } from '@slipway/common/testing';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { service } from './service.ts';
import { whoamiModule } from './whoami.module.ts';

let running: RunningService | undefined;

async function start(env: Record<string, string> = {}): Promise<RunningService> {
  running = await startService(whoamiModule, service, env);
  return running;
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('whoami API', () => {
  it('GET / answers a greeting with the version', async () => {
    const { server } = await start();
    const { status, body } = await request(server).get('/');
    expect([status, body]).toEqual([
      200,
      { message: `Hello from whoami ${manifest.version}`, version: manifest.version },
    ]);
  });

  it('GET /status answers 200 with success', async () => {
    const { server } = await start();
    const { status, text } = await request(server).get('/status');
    expect([status, text]).toEqual([200, '{"result":"success"}']);
  });

  it('GET /ip ignores X-Forwarded-For from an untrusted peer', async () => {
    const { server } = await start();
    const { body } = await request(server).get('/ip').set('X-Forwarded-For', '198.51.100.1');
    expect(body).toEqual({ ip: '127.0.0.1' });
  });

  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['198.51.100.1, 127.0.0.9', '198.51.100.1'],
  ])('GET /ip with X-Forwarded-For "%s" from a trusted proxy answers %s', async (header, ip) => {
    const { server } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' });
    expect((await request(server).get('/ip').set('X-Forwarded-For', header)).body).toEqual({ ip });
  });

  it('GET /config answers the effective settings', async () => {
    const { server } = await start({ TRUSTED_PROXIES: '10.0.0.0/8' });
    expect((await request(server).get('/config')).body).toEqual({
      METRICS_PORT: null,
      NODE_ENV: 'test',
      PORT: 3000,
      RATE_LIMIT_PER_SECOND: 0,
      SHUTDOWN_DRAIN_SECONDS: 0,
      TRUSTED_PROXIES: ['10.0.0.0/8'],
    });
  });

  it('GET /openapi.json has a summary for each route', async () => {
    const { server } = await start();
    const { paths } = (await request(server).get('/openapi.json')).body as {
      paths: Record<string, { get: { summary: string } }>;
    };
    expect(Object.keys(paths).toSorted()).toEqual(['/', '/config', '/ip', '/livez', '/readyz', '/status']);
    for (const { get } of Object.values(paths)) expect(get.summary).not.toBe('');
  });
});
