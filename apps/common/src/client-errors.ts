import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { begin, type ExchangeProps, linger } from './exchange.ts';
import { refuse, sendProblem } from './problem.ts';

/** Maximum size of request line and headers together. */
export const HEADER_BYTES = 16_384;

/** Problem details by the code of Node's error. */
const CLIENT_ERRORS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are larger than ${HEADER_BYTES} bytes.`],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are too large.'],
  HPE_INVALID_EOF_STATE: [400, 'The request is incomplete.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** Answers what Node passes to no listener of requests: what it cannot parse, what takes too long, and CONNECT. */
export class ClientErrors {
  /** The response to the last request of a connection. */
  private readonly latest = new WeakMap<Duplex, ServerResponse>();
  private readonly answered = new WeakSet<Duplex>();

  constructor(private readonly props: ExchangeProps) {}

  listen(server: Server): void {
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.onError(error, socket as Socket));
    server.on('connect', (request, socket) => {
      socket.on('error', () => {});
      // Nothing of what CONNECT may name is here, so that no method is allowed.
      this.answer(request, (response) =>
        sendProblem(response, { status: 405, detail: 'This is no proxy.', headers: { Allow: '' } }),
      );
    });
  }

  /** To be called for each request, so that an error in its body is answered by its own response. */
  follow({ socket }: IncomingMessage, response: ServerResponse): void {
    this.latest.set(socket, response);
  }

  private onError(error: NodeJS.ErrnoException, socket: Socket): void {
    // Node goes on to parse, and to fail, while the client reads the answer.
    if (this.answered.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const reason = CLIENT_ERRORS[error.code ?? ''] ?? ([400, 'The request is not valid HTTP.'] as const);
    const head = (): void => this.answer(new IncomingMessage(socket), (response) => refuse(response, ...reason));
    const last = this.latest.get(socket);
    if (last === undefined || last.closed) return last?.req.complete === false ? void socket.destroy() : head();
    // The next request on the connection is wrong: clients read answers in the order of their requests.
    if (last.req.complete) return void last.once('close', head);
    // It was refused before its body came, and is closed soon.
    if (last.writableEnded) return;
    this.answered.add(socket);
    if (!last.headersSent) last.setHeader('Connection', 'close');
    refuse(last, ...reason);
  }

  /** Answers outside Node's own sequence of requests and responses, and ends the connection. */
  private answer(request: IncomingMessage, respond: (response: ServerResponse) => void): void {
    const { socket } = request;
    if (!socket.writable || this.answered.has(socket)) return;
    this.answered.add(socket);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    begin(this.props, request, response);
    // What Node's server does with its own responses.
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.end();
      response.emit('close');
    });
    linger(request);
    respond(response);
  }
}
