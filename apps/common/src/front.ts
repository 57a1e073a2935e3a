import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TrustedProxies } from './addresses.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { RateLimit } from './limits.ts';
import type { JsonLogger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { refuse } from './problem.ts';
import { REQUEST_ID, requestIdFrom } from './request-id.ts';

/** What no answer goes without. These services answer data, never pages: a browser is to run and embed nothing. */
const HEADERS: readonly { readonly name: string; readonly value: string }[] = [
  { name: 'Cache-Control', value: 'no-store' },
  { name: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'" },
  { name: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  { name: 'Referrer-Policy', value: 'no-referrer' },
  { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

/** Asked by the cluster itself. */
const INTERNAL = new Set(['/livez', '/readyz', '/metrics']);

/** Status of a request whose caller hung up before the answer: nobody saw it, only the log and the metrics do. */
const HUNG_UP = 499;

/** Requests that are being answered. */
export class InFlight {
  count = 0;
}

/** What the front works with. */
export interface FrontProps {
  readonly proxies: TrustedProxies;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly logger: JsonLogger;
  readonly rate: RateLimit;
  readonly inFlight: InFlight;
  /** Requests that may be answered at once; one more is refused at once, which is better than all of them late. */
  readonly concurrency: number;
  /** Milliseconds that an answer may take. */
  readonly timeoutMs: number;
}

/** Stands before everything else: calls `next` for a request, or answers it itself. */
export type Front = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Gives every request its id, headers, limits, timeout, metrics and log line. It stands before Express, where each
 * further handler costs a small answer a few hundredths of its time.
 */
export function front(props: FrontProps): Front {
  const { proxies, lifecycle, rate, inFlight, concurrency, timeoutMs } = props;
  return (request, response, next) => {
    const { url = '/', headers } = request;
    const query = url.indexOf('?');
    // Without its query, which may hold what a caller would not want in a log.
    const path = query === -1 ? url : url.slice(0, query);
    const client = proxies.clientOf(request);
    // Never refused, and not worth a log line while all is well; unless a gateway hands on what somebody outside asks.
    const internal = INTERNAL.has(path) && headers['x-forwarded-for'] === undefined;
    const requestId = requestIdFrom(headers['x-request-id']);
    inFlight.count += 1;
    response.setHeader(REQUEST_ID, requestId);
    for (const { name, value } of HEADERS) response.setHeader(name, value);
    // Callers that keep connections alive move to another pod while this one still answers.
    if (lifecycle.draining) response.setHeader('Connection', 'close');
    const start = performance.now();
    const timer = setTimeout(
      () => refuse(response, 503, `The answer took longer than ${timeoutMs / 1000} seconds.`, 1),
      timeoutMs,
    );
    response.on('close', () => {
      clearTimeout(timer);
      inFlight.count -= 1;
      record(props, request, response, { requestId, path, client, internal, ms: performance.now() - start });
    });
    if (!internal && inFlight.count > concurrency) return refuse(response, 503, 'The service has too much to do.', 1);
    const wait = internal ? 0 : rate.take(client);
    if (wait > 0) return refuse(response, 429, 'You make too many requests.', wait);
    next();
  };
}

interface Seen {
  readonly requestId: string;
  readonly path: string;
  readonly client: string;
  readonly internal: boolean;
  /** From the head of the request to the end of its answer. */
  readonly ms: number;
}

function record(
  { metrics, logger }: FrontProps,
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, path, client, internal, ms }: Seen,
): void {
  const status = response.writableFinished ? response.statusCode : HUNG_UP;
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

/** The template of the route, such as `/restaurants/:id`: paths themselves would make metrics without end. */
function routeOf(request: IncomingMessage & { readonly route?: unknown }): string {
  const { route } = request;
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : 'unmatched';
}
