import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { TrustedProxies } from './addresses.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { RateLimit } from './limits.ts';
import type { JsonLogger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { problemOf, sendProblem } from './problem.ts';
import { inRequest, requestIdOf } from './request-context.ts';

/** What no answer goes without. These services answer data, never pages: a browser is to run and embed nothing. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=31536000'],
  ['X-Content-Type-Options', 'nosniff'],
];

/** Asked by the cluster itself. */
const INTERNAL = new Set(['/livez', '/readyz', '/metrics']);

/** Status of a request whose caller hung up before the answer: nobody saw it, only the log and the metrics do. */
const HUNG_UP = 499;

/** Requests that are being answered. */
export class InFlight {
  count = 0;
}

/** What the first handler of every request works with. */
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

/** The first handler of every request: its id, headers, limits, timeout, metrics and log line. */
export function front(props: FrontProps): RequestHandler {
  const { proxies, lifecycle, rate, inFlight, concurrency, timeoutMs } = props;
  return (request, response, next) => {
    const requestId = requestIdOf(request.headers['x-request-id']);
    const client = proxies.clientOf(request);
    // Never refused, and not worth a log line while all is well; unless a gateway hands on what somebody outside asks.
    const internal = INTERNAL.has(request.path) && request.headers['x-forwarded-for'] === undefined;
    inFlight.count += 1;
    response.setHeader('X-Request-Id', requestId);
    for (const [name, value] of HEADERS) response.setHeader(name, value);
    // Callers that keep connections alive move to another pod while this one still answers.
    if (lifecycle.draining) response.setHeader('Connection', 'close');
    record(props, request, response, { requestId, client, internal });
    inRequest({ requestId }, () => {
      if (!internal && inFlight.count > concurrency) return refuse(response, 503, 'The service has too much to do.', 1);
      const wait = internal ? 0 : rate.take(client);
      if (wait > 0) return refuse(response, 429, 'You make too many requests.', wait);
      limitTime(response, timeoutMs);
      next();
    });
  };
}

/** Refuses bodies that the service would not read, before it waits for them. */
export function onlyJson(request: Request, response: Response, next: NextFunction): void {
  const { headers } = request;
  const body = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!body || request.is('application/json')) next();
  else refuse(response, 415, 'Send the body as application/json.');
}

/** What the parser of bodies throws, by the name that it gives the fault. */
const BODY_FAULTS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'entity.too.large': 'The body is too large.',
  'encoding.unsupported': 'The body is compressed; send it as it is.',
  'charset.unsupported': 'The body is in an unknown character set; send UTF-8.',
  'request.aborted': 'The body ended too early.',
  'request.size.invalid': 'The body is not as long as its Content-Length says.',
};

const bodyFault = z.object({ status: z.int().min(400).max(499), type: z.string() });

/** Answers what the parser of bodies found wrong, in our words. */
export function explainBody(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  const { status, type } = bodyFault.safeParse(error).data ?? {};
  const detail = BODY_FAULTS[type ?? ''];
  if (status === undefined || detail === undefined) next(error);
  else refuse(response, status, detail);
}

function refuse(response: Response, status: number, detail: string, retryAfterSeconds?: number): void {
  sendProblem(response, problemOf(status, detail), retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) });
}

function limitTime(response: Response, timeoutMs: number): void {
  const timer = setTimeout(() => refuse(response, 503, `The answer took longer than ${timeoutMs / 1000} seconds.`, 1), timeoutMs);
  response.once('close', () => clearTimeout(timer));
}

interface Seen {
  readonly requestId: string;
  readonly client: string;
  readonly internal: boolean;
}

function record({ metrics, logger, inFlight }: FrontProps, request: Request, response: Response, { requestId, client, internal }: Seen): void {
  const start = performance.now();
  response.once('close', () => {
    inFlight.count -= 1;
    const seconds = (performance.now() - start) / 1000;
    const status = response.writableFinished ? response.statusCode : HUNG_UP;
    const route = routeOf(request);
    metrics.observe(request.method, route, status, seconds);
    if (internal && status < 500) return;
    // The path without its query, which may hold what a caller would not want in a log.
    const { method, path } = request;
    logger.line(status >= 500 ? 'warn' : 'log', 'request', { requestId, method, path: path.slice(0, 256), route, status, ms: Math.round(seconds * 1e5) / 100, client });
  });
}

/** The template of the route, such as `/restaurants/:id`: paths themselves would make metrics without end. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string' ? route.path : 'unmatched';
}
