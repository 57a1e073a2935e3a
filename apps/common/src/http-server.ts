import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Front } from './front.ts';

/** Bytes of a request's line and headers together. */
const HEADER_BYTES = 16_384;
/** Milliseconds until all headers are here. */
const HEADERS_MS = 10_000;
/** Milliseconds until the whole request is here. */
const REQUEST_MS = 20_000;
/** Longer than a gateway keeps an idle connection (Traefik: 90 s), so that it never sends into one that we just closed. */
const KEEP_ALIVE_MS = 95_000;

/** Node's own faults with what a caller sent, by their code. */
const FAULTS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, `The headers are larger than ${HEADER_BYTES} bytes.`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** Nest on Express, behind the front, over a server with limits on what callers send and how long they take. */
export class LimitedExpressAdapter extends ExpressAdapter {
  constructor(private readonly front: Front) {
    super();
  }

  override initHttpServer(): void {
    const express = this.getInstance<RequestListener>();
    this.setHttpServer(
      limitedServer((request, response) => this.front(request, response, () => express(request, response))),
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
  // Their bytes limit them. Node would drop those beyond a count in silence, the gateway's X-Forwarded-For among them.
  server.maxHeadersCount = 0;
  server.on('clientError', answerFault);
  // An expectation that is not known is ignored, as RFC 9110 allows: Node itself would answer without any of what an answer has here.
  server.on('checkExpectation', listener);
  return server;
}

/** There is no request to answer when its head cannot be read, only a socket. */
function answerFault(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = FAULTS[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, requestId: '' });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
