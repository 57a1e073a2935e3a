import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Authority, KeyPair } from './pki.ts';

/** Where a pod's port is: a port of this machine if a real program runs for it, or played by the lab; none if nobody listens. */
export type PodPort = number | 'played' | undefined;
/** How pods are played. */
export interface PlayedPods {
  /** Tells where a pod's port is, by the pod's address. */
  find(ip: string, port: number): Promise<PodPort>;
  /** The certificate of those that are played, by the name that they are called by; without one the lab's authority signs. */
  certificate(name: string): KeyPair | undefined;
  /** Answers, by HTTPS, for those that are played. */
  readonly handler: RequestListener;
}

/**
 * The lab's network: an HTTP proxy on loopback that the lab's programs are given. It knows the hosts that the lab plays
 * (Git hosts, a certificate authority) and, for the API server's calls to webhooks and aggregated APIs, the pods.
 * Everything else is refused: nothing leaves the machine.
 */
export class Network {
  /** `http://127.0.0.1:PORT`: the proxy. */
  readonly url: string;
  /** `https://127.0.0.1:PORT`: the same for the API server, which talks to no proxy without TLS. */
  readonly secureUrl: string;
  private readonly hosts = new Map<string, RequestListener>();
  private readonly proxies: readonly (Server | TlsServer)[];
  private readonly tls: TlsServer;
  private readonly sockets = new Set<Socket>();
  private pods: PlayedPods = {
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
        // What a Secret has in it is the cluster's affair: this one connection fails.
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

  /** Plays a host: HTTPS under its name, on every port. */
  play(host: string, handler: RequestListener): void {
    this.hosts.set(host, handler);
  }

  /** Plays the pods. */
  playPods(pods: PlayedPods): void {
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

  /** Ends every connection, and listens no more. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.proxies.map((proxy) => new Promise((resolve) => proxy.close(resolve))));
  }

  private async tunnel(target: string, socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const at = target.lastIndexOf(':');
    const host = target.slice(0, at);
    const where: PodPort = this.hosts.has(host)
      ? 'played'
      : await this.pods.find(host, Number(target.slice(at + 1))).catch(() => undefined);
    if (where === undefined) {
      socket.end(`HTTP/1.1 502 Bad Gateway\r\n\r\nnothing in the lab answers at ${target}\r\n`);
      return;
    }
    const accept = (): boolean => socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (where === 'played') {
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
