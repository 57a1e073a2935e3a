import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Shop } from './shop.ts';

/** Which version answered, and the cookies that it set. */
export interface Answer {
  readonly version: string | undefined;
  readonly cookies: readonly string[];
}

/** A browser: it keeps the cookies that it gets. */
export class Visitor {
  /** The version of the first request. */
  version: string | undefined;
  private readonly port: number;
  private readonly cookies = new Map<string, string>([['theme', 'dark']]);

  constructor(port: number) {
    this.port = port;
  }

  /** A visitor who has made a first request. @throws Error if no cookie was set */
  static async arriving(port: number): Promise<Visitor> {
    const visitor = new Visitor(port);
    const { version, cookies } = await visitor.request();
    if (cookies.length !== 1) throw new Error(`the first answer sets ${cookies.length} cookies, from ${version}`);
    visitor.version = version;
    return visitor;
  }

  async request(headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      this.ask('/', headers).on('response', resolve).on('error', reject).end();
    });
    response.resume();
    return this.received(response, response.headers['x-version']?.toString());
  }

  /** Opens a WebSocket at /cable; its first message is the version. */
  async webSocket(headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    };
    return new Promise((resolve, reject) => {
      this.ask('/cable', { ...upgrade, ...headers })
        .on('upgrade', (response, socket, head) => {
          socket.unshift(head);
          text(socket).then((frame) => resolve(this.received(response, frame.slice(2))), reject);
        })
        .on('response', ({ statusCode }) => reject(new Error(`the upgrade was answered with ${statusCode}`)))
        .on('error', reject)
        .end();
    });
  }

  private ask(path: string, headers: Readonly<Record<string, string>>) {
    const Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return request({
      host: '127.0.0.1',
      port: this.port,
      path,
      agent: false,
      headers: { Host: Shop.host, Cookie, ...headers },
    });
  }

  private received(response: IncomingMessage, version: string | undefined): Answer {
    const cookies = response.headers['set-cookie'] ?? [];
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.cookies.set(name, value);
    }
    return { version, cookies };
  }
}
