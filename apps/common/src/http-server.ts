import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';
import { type ClientErrors, HEADER_BYTES } from './client-errors.ts';
import type { Middleware } from './middleware.ts';
import { sendProblem } from './problem.ts';
import { pathOf, type Routes } from './routes.ts';

/** Time to receive all headers. */
const HEADERS_MS = 10_000;
/** Time to receive the whole request, should the limit on its body not end it before. */
const REQUEST_MS = 20_000;
/**
 * Longer than the gateway's idle timeout (Traefik: 90 s), so that it never reuses a connection that was just closed
 * here.
 */
const KEEP_ALIVE_MS = 95_000;

/** What the HTTP server depends on. */
export interface HttpServerProps {
  readonly express: Express;
  readonly routes: Routes;
  readonly middleware: Middleware;
  readonly errors: ClientErrors;
}

/** Nest on Express, behind the middleware, on an HTTP server with limits on size and duration of requests. */
export class LimitedExpressAdapter extends ExpressAdapter {
  constructor(private readonly props: HttpServerProps) {
    super(props.express);
  }

  override initHttpServer(): void {
    const { express, middleware, errors } = this.props;
    const server = limitedServer((request, response) => {
      errors.follow(request, response);
      middleware(request, response, () => express(request, response));
    });
    errors.listen(server);
    this.setHttpServer(server);
  }

  /** Tells methods that a path does not have (405) from paths that there are not (404). */
  override setNotFoundHandler(...args: Parameters<ExpressAdapter['setNotFoundHandler']>): void {
    this.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      const { method = '', url = '' } = request;
      const allow = this.props.routes.methodsAt(pathOf(url));
      if (allow.length === 0) return next();
      const headers = { Allow: allow.join(', ') };
      if (method === 'OPTIONS') response.writeHead(204, headers).end();
      else sendProblem(response, { status: 405, detail: `The path does not allow ${method}.`, headers });
    });
    super.setNotFoundHandler(...args);
  }
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

function limitedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 2000,
      // The middleware refuses what lacks it: Node's own response has neither our headers nor a problem body.
      requireHostHeader: false,
    },
    listener,
  );
  // HEADER_BYTES is the limit. With a count Node would silently drop headers, X-Forwarded-For among them.
  server.maxHeadersCount = 0;
  // The middleware sends 100 Continue once it accepts the body.
  server.on('checkContinue', listener);
  // Unknown expectations are ignored, as RFC 9110 allows: Node's own response would lack our headers and problem body.
  server.on('checkExpectation', listener);
  return server;
}
