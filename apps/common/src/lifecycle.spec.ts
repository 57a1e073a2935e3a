import { createServer, request, type Server } from 'node:http';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closeServer, Lifecycle } from './lifecycle.ts';

async function listen(answerAfterMs: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_, response) => void setTimeout(() => response.end('done'), answerAfterMs));
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

describe('closing a server', () => {
  it('finishes requests, and does not wait for connections that idle after them', async () => {
    const { server, port } = await listen(300);
    const agent = new Agent({ keepAlive: true });
    const answer = get(port, agent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    expect(await closeServer(server, 10_000)).toBe(true);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await answer).toBe('done');
    agent.destroy();
  });

  it('cuts off what takes longer than it may', async () => {
    const { server, port } = await listen(60_000);
    const agent = new Agent({ keepAlive: true });
    const answer = get(port, agent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [finished, fault] = await Promise.all([closeServer(server, 100), answer.catch((error: Error) => error)]);
    expect(finished).toBe(false);
    expect(fault).toBeInstanceOf(Error);
    agent.destroy();
  });

  it('has nothing to do for one that never listened', async () => {
    expect(await closeServer(createServer(), 1)).toBe(true);
  });
});

it('a life goes one way', () => {
  const lifecycle = new Lifecycle();
  expect(lifecycle.draining).toBe(false);
  lifecycle.drain();
  expect(lifecycle.draining).toBe(true);
});
