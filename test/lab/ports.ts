import { createServer, type Server } from 'node:net';

/** Distinct free ports of 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  // All are open at the same time, so that the system cannot return one twice.
  const servers = await Promise.all(Array.from({ length: count }, () => listen()));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A socket that listens on a port of 127.0.0.1; 0 picks a free one. */
export function listen(port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
