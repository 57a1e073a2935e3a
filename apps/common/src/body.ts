import { json, type NextFunction, type RequestHandler } from 'express';
import { z } from 'zod';
import { refuse } from './problem.ts';

/** Problem details by the body parser's error type. */
const BODY_ERRORS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'entity.too.large': 'The body is too large.',
  'encoding.unsupported': 'The body is compressed; send it uncompressed.',
  'charset.unsupported': 'The character set of the body is not supported; send UTF-8.',
  'request.aborted': 'The body is incomplete.',
  'request.size.invalid': 'The length of the body does not match its Content-Length.',
};

const bodyError = z.object({ status: z.int().min(400).max(499), type: z.string() });

/** Parses JSON bodies; refuses other media types before reading the body. */
export function jsonBodies(maxBytes: number): RequestHandler {
  const parse = json({ limit: maxBytes, inflate: false });
  return (request, response, next) => {
    const { headers } = request;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return next();
    if (!request.is('application/json')) return refuse(response, 415, 'Send the body as application/json.');
    const done: NextFunction = (error?: unknown) => {
      if (error === undefined) return next();
      const { status, type } = bodyError.safeParse(error).data ?? {};
      const detail = BODY_ERRORS[type ?? ''];
      if (status === undefined || detail === undefined) next(error);
      else refuse(response, status, detail);
    };
    return parse(request, response, done);
  };
}
