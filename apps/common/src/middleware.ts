import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bodies } from './body.ts';
import { begin, type ExchangeProps } from './exchange.ts';
import { type Places, type RateLimit, refuseFull } from './limits.ts';
import { refuse } from './problem.ts';

/** What the middleware depends on. */
export interface MiddlewareProps extends ExchangeProps {
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
  const { rate, bodies, inFlight, timeoutMs } = props;
  return (request, response, next) => {
    const { client, internal } = begin(props, request, response);
    if (!hasHost(request)) return refuse(response, 400, 'The request must have one Host header.');
    const wait = internal ? 0 : rate.take(client);
    if (wait > 0) return refuse(response, 429, 'Too many requests.', wait);
    // Only a request that is complete takes a place: how long its body takes is up to the client.
    bodies.read(request, response, client, () => {
      const full = internal ? undefined : inFlight.take(client);
      if (full !== undefined) return refuseFull(response, full);
      const timer = setTimeout(
        () => refuse(response, 503, `The request took longer than ${timeoutMs / 1000} seconds.`, 1),
        timeoutMs,
      );
      response.once('close', () => {
        clearTimeout(timer);
        if (!internal) inFlight.giveBack(client);
      });
      next();
    });
  };
}

/** HTTP/1.1 requires exactly one Host; of several, Node would keep the first. */
function hasHost({ rawHeaders, httpVersionMinor }: IncomingMessage): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count === 1 || (count === 0 && httpVersionMinor === 0);
}
