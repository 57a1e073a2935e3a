import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrustedProxies } from './addresses.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { JsonLogger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { REQUEST_ID, requestIdFrom } from './request-id.ts';
import { pathOf, type Routes } from './routes.ts';

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
 * How long a refused client may still send: closing at once would reset the connection, and it would miss the response.
 */
const LINGER_MS = 2000;

/** What an exchange depends on. */
export interface ExchangeProps {
  readonly proxies: TrustedProxies;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly logger: JsonLogger;
  readonly routes: Routes;
}

/** A request and its response, from the headers of the one to the end of the other. */
export interface Exchange {
  /** Address of the client. */
  readonly client: string;
  /** Never refused, and logged only on errors: a probe or a scrape that did not come from outside through a gateway. */
  readonly internal: boolean;
}

/** Gives a response its request id and headers, and once it is closed its metrics and log line. */
export function begin(props: ExchangeProps, request: IncomingMessage, response: ServerResponse): Exchange {
  const { headers } = request;
  const path = pathOf(request.url ?? '');
  const client = props.proxies.clientOf(request);
  const internal = INTERNAL.has(path) && headers['x-forwarded-for'] === undefined;
  const requestId = requestIdFrom(headers['x-request-id']);
  response.setHeader(REQUEST_ID, requestId);
  for (const { name, value } of HEADERS) response.setHeader(name, value);
  // Clients with keep-alive connections move to another pod while this one still responds.
  if (props.lifecycle.draining) response.setHeader('Connection', 'close');
  const start = performance.now();
  response.on('close', () => {
    record(props, request, response, { requestId, path, client, internal, ms: performance.now() - start });
    if (!request.complete && !request.socket.destroyed) linger(request);
  });
  return { client, internal };
}

/** Closes the connection of a request that is not received whole within a moment. */
export function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.socket.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}

interface CompletedRequest extends Exchange {
  readonly requestId: string;
  readonly path: string;
  /** From the headers of the request to the end of the response. */
  readonly ms: number;
}

function record(
  { metrics, logger, routes }: ExchangeProps,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, path, client, internal, ms }: CompletedRequest,
): void {
  const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
  const method = request.method ?? '';
  // Never the path: as a label it would have unbounded cardinality.
  const route = matchedRoute(request) ?? routes.templateAt(path) ?? 'unmatched';
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

/** Template of the route that Express has found. */
function matchedRoute({ route }: IncomingMessage & { readonly route?: unknown }): string | undefined {
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : undefined;
}
