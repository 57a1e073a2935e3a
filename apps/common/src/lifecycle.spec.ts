import { createServer, request, type Server } from 'node:http';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closeServer, Lifecycle } from './lifecycle.ts';

async function listen(respondAfterMs: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_, response) => void setTimeout(() => response.end('done'), respondAfterMs));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function get(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent }, (response) => {
      response.setEncoding('utf8').on('data', resolve).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

describe('closeServer', () => {
  it('finishes requests and does not wait for idle keep-alive connections', async () => {
    const { server, port } = await listen(300);
    const agent = new Agent({ keepAlive: true });
    const response = get(port, agent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    expect(await closeServer(server, 10_000)).toBe(true);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await response).toBe('done');
    agent.destroy();
  });

  it('closes connections that are still busy after the timeout', async () => {
    const { server, port } = await listen(60_000);
    const agent = new Agent({ keepAlive: true });
    const response = get(port, agent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [finished, failure] = await Promise.all([closeServer(server, 100), response.catch((error: Error) => error)]);
    expect(finished).toBe(false);
    expect(failure).toBeInstanceOf(Error);
    agent.destroy();
  });

  it('returns at once for a server that never listened', async () => {
    expect(await closeServer(createServer(), 1)).toBe(true);
  });
});

it('Lifecycle is draining after drain()', () => {
  const lifecycle = new Lifecycle();
  expect(lifecycle.draining).toBe(false);
  lifecycle.drain();
  expect(lifecycle.draining).toBe(true);
});
