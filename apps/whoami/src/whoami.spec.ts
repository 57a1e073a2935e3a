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

describe('whoami', () => {
  it('greets with the version that runs', async () => {
    const { server } = await start();
    const { status, body } = await request(server).get('/');
    expect([status, body]).toEqual([
      200,
      { message: `Hello from whoami ${manifest.version}`, version: manifest.version },
    ]);
  });

  it('has success for its status', async () => {
    const { server } = await start();
    const { status, text } = await request(server).get('/status');
    expect([status, text]).toEqual([200, '{"result":"success"}']);
  });

  it("tells the caller's own address if nobody is trusted, whatever the header says", async () => {
    const { server } = await start();
    const { body } = await request(server).get('/ip').set('X-Forwarded-For', '198.51.100.1');
    expect(body).toEqual({ ip: '127.0.0.1' });
  });

  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['198.51.100.1, 127.0.0.9', '198.51.100.1'],
  ])('behind a trusted gateway that says %s tells %s', async (header, ip) => {
    const { server } = await start({ TRUSTED_PROXIES: '127.0.0.0/8' });
    expect((await request(server).get('/ip').set('X-Forwarded-For', header)).body).toEqual({ ip });
  });

  it('tells the settings in force', async () => {
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

  it('describes each of its routes', async () => {
    const { server } = await start();
    const { paths } = (await request(server).get('/openapi.json')).body as {
      paths: Record<string, { get: { summary: string } }>;
    };
    expect(Object.keys(paths).toSorted()).toEqual(['/', '/config', '/ip', '/livez', '/readyz', '/status']);
    for (const { get } of Object.values(paths)) expect(get.summary).not.toBe('');
  });
});
