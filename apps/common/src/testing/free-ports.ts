import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that a system gives to outgoing connections (Linux from 32768, macOS and Windows from 49152) and below those
// of Kubernetes' node ports (from 30000): a port that is chosen for a server stays free until that server listens, and while it
// is down.
const FIRST = 15_000;
const END = 30_000;

/** One after the other from anywhere, so that a process gives none twice, and two processes hardly ever the same. */
let next = randomInt(FIRST, END);

/** Distinct ports of 127.0.0.1 that are free, and which no outgoing connection takes. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = next;
    next = port + 1 < END ? port + 1 : FIRST;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
