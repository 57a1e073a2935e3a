import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Middleware } from './middleware.ts';

/** Maximum size of request line and headers together. */
const HEADER_BYTES = 16_384;
/** Time to receive all headers. */
const HEADERS_MS = 10_000;
/** Time to receive the whole request. */
const REQUEST_MS = 20_000;
/**
 * Longer than the gateway's idle timeout (Traefik: 90 s), so that it never reuses a connection that was just closed
 * here.
 */
const KEEP_ALIVE_MS = 95_000;

/** Problem details by the code of Node's parser error. */
const CLIENT_ERRORS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are larger than ${HEADER_BYTES} bytes.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** Nest on Express, behind the middleware, on an HTTP server with limits on size and duration of requests. */
export class LimitedExpressAdapter extends ExpressAdapter {
  constructor(private readonly middleware: Middleware) {
    super();
  }

  override initHttpServer(): void {
    const express = this.getInstance<RequestListener>();
    this.setHttpServer(
      limitedServer((request, response) => this.middleware(request, response, () => express(request, response))),
    );
  }
}

type RequestListener = (...args: Parameters<NonNullable<Parameters<typeof createServer>[1]>>) => void;

function limitedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 2000,
    },
    listener,
  );
  // HEADER_BYTES is the limit. With a count Node would silently drop headers, X-Forwarded-For among them.
  server.maxHeadersCount = 0;
  server.on('clientError', respondToClientError);
  // The middleware sends 100 Continue once it accepts the body.
  server.on('checkContinue', listener);
  // Unknown expectations are ignored, as RFC 9110 allows: Node's own response would lack our headers and problem body.
  server.on('checkExpectation', listener);
  return server;
}

/** Without a parsed request there is no response object, only the socket. */
function respondToClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, requestId: '' });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
