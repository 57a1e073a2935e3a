import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrustedProxies } from './addresses.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Bodies } from './body.ts';
import { type Places, type RateLimit, refuseFull } from './limits.ts';
import type { JsonLogger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { refuse } from './problem.ts';
import { REQUEST_ID, requestIdFrom } from './request-id.ts';

/** Headers of every response. The services return data, never pages: a browser must not run or embed anything. */
const HEADERS: readonly { readonly name: string; readonly value: string }[] = [
  { name: 'Cache-Control', value: 'no-store' },
  { name: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'" },
  { name: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { name: 'Referrer-Policy', value: 'no-referrer' },
  { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

/** Requested by the kubelet and Prometheus. */
const INTERNAL = new Set(['/livez', '/readyz', '/metrics']);

/** Logged and counted for a request whose client disconnected before the response; never sent. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * How long a refused client may still send its body: closing at once would reset the connection, and it would miss the
 * response.
 */
const LINGER_MS = 2000;

/** What the middleware depends on. */
export interface MiddlewareProps {
  readonly proxies: TrustedProxies;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly logger: JsonLogger;
  readonly rate: RateLimit;
  readonly bodies: Bodies;
  /** Requests in flight; beyond them requests are refused immediately, which is better than all of them being late. */
  readonly inFlight: Places;
  /** Request timeout in milliseconds. */
  readonly timeoutMs: number;
}

/** Runs before Express: calls `next`, or responds itself. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Gives every request its id, headers, limits, timeout, metrics and log line. It runs before Express, where each
 * further handler costs a small response a few percent of its time.
 */
export function requestMiddleware(props: MiddlewareProps): Middleware {
  const { proxies, lifecycle, rate, bodies, inFlight, timeoutMs } = props;
  return (request, response, next) => {
    const { url = '/', headers } = request;
    const query = url.indexOf('?');
    // Without the query, which may hold personal data that must not be logged.
    const path = query === -1 ? url : url.slice(0, query);
    const client = proxies.clientOf(request);
    // Never refused, and logged only on errors, unless the request came from outside through a gateway.
    const internal = INTERNAL.has(path) && headers['x-forwarded-for'] === undefined;
    const requestId = requestIdFrom(headers['x-request-id']);
    response.setHeader(REQUEST_ID, requestId);
    for (const { name, value } of HEADERS) response.setHeader(name, value);
    // Clients with keep-alive connections move to another pod while this one still responds.
    if (lifecycle.draining) response.setHeader('Connection', 'close');
    const start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    response.on('close', () => {
      if (timer && !internal) inFlight.giveBack(client);
      clearTimeout(timer);
      record(props, request, response, { requestId, path, client, internal, ms: performance.now() - start });
      if (!request.complete && !request.socket.destroyed) linger(request);
    });
    const wait = internal ? 0 : rate.take(client);
    if (wait > 0) return refuse(response, 429, 'Too many requests.', wait);
    // Only a request that is complete takes a place: how long its body takes is up to the client.
    bodies.read(request, response, client, () => {
      const full = internal ? undefined : inFlight.take(client);
      if (full !== undefined) return refuseFull(response, full);
      timer = setTimeout(
        () => refuse(response, 503, `The request took longer than ${timeoutMs / 1000} seconds.`, 1),
        timeoutMs,
      );
      next();
    });
  };
}

function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.socket.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}

interface CompletedRequest {
  readonly requestId: string;
  readonly path: string;
  readonly client: string;
  readonly internal: boolean;
  /** From the headers of the request to the end of the response. */
  readonly ms: number;
}

function record(
  { metrics, logger }: MiddlewareProps,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, path, client, internal, ms }: CompletedRequest,
): void {
  const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
  const method = request.method ?? '';
  const route = routeOf(request);
  metrics.observe(method, route, status, ms / 1000);
  if (internal && status < 500) return;
  logger.line(status >= 500 ? 'warn' : 'log', 'request', {
    requestId,
    method,
    path: path.slice(0, 256),
    route,
    status,
    ms: Math.round(ms * 100) / 100,
    client,
  });
}

/** The route template, such as `/restaurants/:id`: labels by path would have unbounded cardinality. */
function routeOf(request: IncomingMessage & { readonly route?: unknown }): string {
  const { route } = request;
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : 'unmatched';
}
