import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { connect, createServer as createPlainServer, type Server as PlainServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Authority, KeyPair } from './pki.ts';

/**
 * Endpoint of a pod's port: a local port if a real program runs for it, else simulated; undefined if nothing listens.
 */
export type PodPort = number | 'simulated' | undefined;
/** How pods are simulated. */
export interface SimulatedPods {
  /** Finds the endpoint of a pod's port, by the pod's IP. */
  find(ip: string, port: number): Promise<PodPort>;
  /** Certificate of simulated pods by server name; without one the lab's CA issues it. */
  certificate(name: string): KeyPair | undefined;
  /** HTTPS handler of simulated pods. */
  readonly handler: RequestListener;
}

/**
 * The lab's network: an HTTP proxy on loopback for the lab's programs. It reaches the simulated hosts (Git hosts, an
 * ACME server) and, for the API server's calls to webhooks and aggregated APIs, the pods. Everything else is refused:
 * nothing leaves the machine.
 */
export class Network {
  /** URL of the proxy, `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** URL of the same proxy with TLS, which the API server requires, `https://127.0.0.1:PORT`. */
  readonly secureUrl: string;
  private readonly hosts = new Map<string, RequestListener>();
  private readonly proxies: readonly (Server | TlsServer)[];
  private readonly tls: TlsServer;
  private readonly sockets = new Set<Socket>();
  private readonly exposed: PlainServer[] = [];
  private pods: SimulatedPods = {
    find: () => Promise.resolve(undefined),
    certificate: () => undefined,
    handler: (_, res) => res.writeHead(404).end(),
  };

  /** @param ports two free ports */
  constructor(authority: Authority, ports: readonly [number, number]) {
    this.url = `http://127.0.0.1:${ports[0]}`;
    this.secureUrl = `https://127.0.0.1:${ports[1]}`;
    const context = (name: string): [Error | null, SecureContext?] => {
      try {
        return [null, createSecureContext(this.pods.certificate(name) ?? authority.serving(name))];
      } catch (error) {
        // An invalid certificate in a Secret must only fail this connection.
        return [error as Error];
      }
    };
    this.tls = createTlsServer(
      { ...authority.serving('lab.invalid'), SNICallback: (name, done) => done(...context(name)) },
      (req, res) => {
        const handler = this.hosts.get((req.socket as TLSSocket).servername || '') ?? this.pods.handler;
        handler(req, res);
      },
    );
    this.tls.on('tlsClientError', () => undefined);
    this.proxies = [createServer(tunnelsOnly), createTlsServer(authority.serving('127.0.0.1'), tunnelsOnly)];
    for (const proxy of this.proxies) {
      proxy.on('connect', (req: IncomingMessage, socket: Socket) => void this.tunnel(req.url ?? '', socket));
      proxy.on('connection', (socket: Socket) => {
        this.sockets.add(socket);
        socket.on('close', () => this.sockets.delete(socket));
      });
    }
  }

  /** Serves a host by HTTPS on every port. */
  serve(host: string, handler: RequestListener): void {
    this.hosts.set(host, handler);
  }

  /** The hosts that it serves. */
  served(): string[] {
    return [...this.hosts.keys()].map((host) => host.split(':')[0]!);
  }

  /** Sets how pods are simulated. */
  simulatePods(pods: SimulatedPods): void {
    this.pods = pods;
  }

  /** Listens on loopback. */
  async listen(): Promise<void> {
    await Promise.all(
      [this.url, this.secureUrl].map(
        (url, i) =>
          new Promise<void>((resolve, reject) => {
            this.proxies[i]?.once('error', reject);
            this.proxies[i]?.listen(Number(new URL(url).port), '127.0.0.1', resolve);
          }),
      ),
    );
  }

  /** Serves the simulated hosts at an address of their own too, for those who do not use the proxy. */
  async expose(address: string, port: number): Promise<void> {
    const server = createPlainServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      this.tls.emit('connection', socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    this.exposed.push(server);
  }

  /** Closes all connections and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(
      [...this.proxies, ...this.exposed].map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }

  private async tunnel(target: string, socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const at = target.lastIndexOf(':');
    const host = target.slice(0, at);
    const where: PodPort = this.hosts.has(host)
      ? 'simulated'
      : await this.pods.find(host, Number(target.slice(at + 1))).catch(() => undefined);
    if (where === undefined) {
      socket.end(`HTTP/1.1 502 Bad Gateway\r\n\r\nthe lab has no endpoint for ${target}\r\n`);
      return;
    }
    const accept = (): boolean => socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (where === 'simulated') {
      accept();
      this.tls.emit('connection', socket);
      return;
    }
    const upstream = connect(where, '127.0.0.1', () => {
      accept();
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }
}

const tunnelsOnly: RequestListener = (_, res) => {
  res.writeHead(405).end('this proxy only tunnels');
};
