import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from './run.ts';

interface Backend extends Running {
  readonly agent: Agent;
  ready: boolean;
}

/** How often a gateway hears whether a pod is ready; Kubernetes' own way takes longer, and a drain longer still. */
const LOOK_MS = 200;

/**
 * What a gateway does for the pods of one service: each request goes to the next one that is ready, over connections
 * that are kept. It repeats nothing, so a request that a pod drops is lost.
 */
export class Balancer {
  private backends: Backend[] = [];
  private turn = 0;
  private readonly server = createServer((request, response) => this.pass(request, response));
  private readonly looks = setInterval(() => void this.look(), LOOK_MS);

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async add(running: Running): Promise<void> {
    this.backends.push({ ...running, agent: new Agent({ keepAlive: true }), ready: false });
    await this.look();
  }

  remove({ url }: Running): void {
    this.backends.find((backend) => backend.url === url)?.agent.destroy();
    this.backends = this.backends.filter((backend) => backend.url !== url);
  }

  close(): void {
    clearInterval(this.looks);
    this.server.close();
    this.server.closeAllConnections();
    for (const { agent } of this.backends) agent.destroy();
  }

  private async look(): Promise<void> {
    await Promise.all(
      this.backends.map(async (backend) => {
        backend.ready = await fetch(`${backend.url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      }),
    );
  }

  private pass(request: IncomingMessage, response: ServerResponse): void {
    const ready = this.backends.filter((backend) => backend.ready);
    const backend = ready[this.turn++ % ready.length];
    if (!backend) {
      response.writeHead(503).end();
      return;
    }
    const { method, url, headers } = request;
    const onward = send(
      `${backend.url}${url}`,
      { method, agent: backend.agent, headers: { ...headers, connection: 'keep-alive' } },
      (answer) => {
        const { connection: _, 'keep-alive': __, ...rest } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, rest);
        answer.pipe(response);
      },
    );
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(onward);
  }
}
