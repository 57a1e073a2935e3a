import { json, type NextFunction, type RequestHandler } from 'express';
import { z } from 'zod';
import { refuse } from './problem.ts';

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

/** Reads bodies of JSON, and refuses others before it waits for them. */
export function jsonBodies(mostBytes: number): RequestHandler {
  const parse = json({ limit: mostBytes, inflate: false });
  return (request, response, next) => {
    const { headers } = request;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return next();
    if (!request.is('application/json')) return refuse(response, 415, 'Send the body as application/json.');
    const done: NextFunction = (error?: unknown) => {
      if (error === undefined) return next();
      const { status, type } = bodyFault.safeParse(error).data ?? {};
      const detail = BODY_FAULTS[type ?? ''];
      if (status === undefined || detail === undefined) next(error);
      else refuse(response, status, detail);
    };
    return parse(request, response, done);
  };
}
