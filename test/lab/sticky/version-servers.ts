import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createPlainServer,
  type Server as PlainServer,
  type Socket,
} from 'node:net';
import type { Duplex } from 'node:stream';

/** What a WebSocket server adds to the key of a request before it hashes it (RFC 6455). */
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The greeting and the answers of a SOCKS server without authentication (RFC 1928). */
const NO_AUTHENTICATION = Buffer.from([5, 0]);
const answer = (status: number): Buffer => Buffer.from([5, status, 0, 1, 0, 0, 0, 0, 0, 0]);
const CONNECTED = 0;
const UNREACHABLE = 4;

/**
 * HTTP servers on loopback, one for each version, which answer with its name, and a proxy (SOCKS) that leads the addresses of the
 * pods there: the API server permits no pod on loopback.
 */
export class VersionServers {
  /** Addresses of the pods by version. */
  readonly addresses: Readonly<Record<string, string>>;
  private readonly servers: ReadonlyMap<string, Server>;
  private readonly proxy: PlainServer;
  private readonly sockets = new Set<Socket>();

  constructor(addresses: Readonly<Record<string, string>>) {
    this.addresses = addresses;
    this.servers = new Map(Object.entries(addresses).map(([version, address]) => [address, serverOf(version)]));
    this.proxy = createPlainServer((socket) => void this.lead(socket).catch(() => socket.destroy()));
  }

  /** Starts them. @returns URL of the proxy, for HTTP_PROXY */
  async listen(): Promise<string> {
    for (const server of [...this.servers.values(), this.proxy])
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `socks5://127.0.0.1:${portOf(this.proxy)}`;
  }

  close(): void {
    this.proxy.close();
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers.values()) server.close();
  }

  private async lead(socket: Socket): Promise<void> {
    this.kept(socket);
    await once(socket, 'data');
    socket.write(NO_AUTHENTICATION);
    const [request] = (await once(socket, 'data')) as [Buffer];
    const server = this.servers.get(request.subarray(4, 8).join('.'));
    if (!server) return void socket.end(answer(UNREACHABLE));
    const pod = this.kept(connect(portOf(server), '127.0.0.1'));
    await once(pod, 'connect');
    socket.write(answer(CONNECTED));
    socket.pipe(pod).pipe(socket);
  }

  private kept(socket: Socket): Socket {
    this.sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }
}

function portOf(server: Server | PlainServer): number {
  return (server.address() as AddressInfo).port;
}

function serverOf(version: string): Server {
  return createServer((_, response) => void response.setHeader('x-version', version).end()).on(
    'upgrade',
    (request: IncomingMessage, socket: Duplex) => open(request, socket, version),
  );
}

/** Opens a WebSocket, sends the name of the version as one text frame, and ends. */
function open(request: IncomingMessage, socket: Duplex, version: string): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}${WEB_SOCKET_GUID}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => undefined).end(Buffer.concat([Buffer.from([0x81, version.length]), Buffer.from(version)]));
}
