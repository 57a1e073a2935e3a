import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What is known of the request that the code at hand works for. */
export interface RequestContext {
  /** In the answer's X-Request-Id, in its problem and in every log line. */
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Letters, digits and a few marks: what can stand in a header and a log line without harm. */
const WELL_FORMED = /^[A-Za-z0-9._~:/+=@-]{1,128}$/;

/** Runs `work` for a request; all that it awaits knows the request. */
export function inRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request that is being answered, if one is. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}

/** The id that a caller or the gateway gave, if it is well-formed, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && WELL_FORMED.test(header) ? header : randomUUID();
}
