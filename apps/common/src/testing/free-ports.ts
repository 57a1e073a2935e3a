import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Distinct ports of 127.0.0.1 that are free. They are below those that a system gives to outgoing connections (Linux from
 * 32768), so that one stays free while its server is down.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(15_000, 30_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
