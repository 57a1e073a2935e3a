import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from './run.ts';

interface Backend extends Running {
  readonly agent: Agent;
  ready: boolean;
}

/** Interval of readiness checks; in a cluster, endpoints take longer to update, and a drain is longer still. */
const CHECK_MS = 200;

/**
 * Stands in for a gateway in front of the pods of a service: round-robin over the ready ones, with keep-alive
 * connections. It does not retry, so a request that a pod drops is lost.
 */
export class Balancer {
  private backends: Backend[] = [];
  private turn = 0;
  private readonly server = createServer((request, response) => this.forward(request, response));
  private readonly timer = setInterval(() => void this.check(), CHECK_MS);

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async add(running: Running): Promise<void> {
    this.backends.push({ ...running, agent: new Agent({ keepAlive: true }), ready: false });
    await this.check();
  }

  remove({ url }: Running): void {
    this.backends.find((backend) => backend.url === url)?.agent.destroy();
    this.backends = this.backends.filter((backend) => backend.url !== url);
  }

  close(): void {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
    for (const { agent } of this.backends) agent.destroy();
  }

  private async check(): Promise<void> {
    await Promise.all(
      this.backends.map(async (backend) => {
        backend.ready = await fetch(`${backend.url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      }),
    );
  }

  private forward(request: IncomingMessage, response: ServerResponse): void {
    const ready = this.backends.filter((backend) => backend.ready);
    const backend = ready[this.turn++ % ready.length];
    if (!backend) {
      response.writeHead(503).end();
      return;
    }
    const { method, url, headers } = request;
    const upstream = send(
      `${backend.url}${url}`,
      { method, agent: backend.agent, headers: { ...headers, connection: 'keep-alive' } },
      (received) => {
        const { connection: _, 'keep-alive': __, ...rest } = received.headers;
        response.writeHead(received.statusCode ?? 502, rest);
        received.pipe(response);
      },
    );
    upstream.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(upstream);
  }
}
