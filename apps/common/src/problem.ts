import { type ServerResponse, STATUS_CODES } from 'node:http';
import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import { z } from 'zod';
import { requestIdOf } from './request-id.ts';

/** Media type of problem details (RFC 9457). */
export const PROBLEM_JSON = 'application/problem+json';

/** What is wrong with one field of a request. */
export const fieldError = z.object({
  /** Path from `body`, `query` or `path`, such as `body.address.postalCode`. */
  field: z.string(),
  detail: z.string(),
});
/** What is wrong with one field of a request. */
export type FieldError = z.output<typeof fieldError>;

/** Problem details as clients see them (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(fieldError).optional(),
});
/** Problem details as clients see them (RFC 9457). */
export type Problem = z.output<typeof problemSchema>;

/** Invalid fields of a request: answered with 400, naming each. */
export class InvalidInput extends BadRequestException {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(`The request is not valid: ${errors.map(({ field, detail }) => `${field}: ${detail}`).join('; ')}`);
    this.errors = errors;
  }
}

/** Sends a problem response, unless a response has already started. */
export function sendProblem(response: ServerResponse, { status, detail, errors, headers = {} }: Explanation): void {
  if (response.headersSent) {
    // A truncated response must not look complete.
    response.destroy();
    return;
  }
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    requestId: requestIdOf(response),
    ...(errors && { errors: [...errors] }),
  };
  const body = JSON.stringify(problem);
  response
    .writeHead(status, {
      ...headers,
      'Content-Type': `${PROBLEM_JSON}; charset=utf-8`,
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}

/** Refuses a request with a problem response. */
export function refuse(response: ServerResponse, status: number, detail: string, retryAfterSeconds?: number): void {
  sendProblem(response, {
    status,
    detail,
    ...(retryAfterSeconds !== undefined && { headers: { 'Retry-After': String(retryAfterSeconds) } }),
  });
}

/** Turns whatever was thrown into a problem response. Details of internal errors go to the log, not to the client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.writableEnded && isLateResponse(thrown)) return;
    const meant = this.meaning(thrown);
    const explanation = explain(meant);
    if (explanation.status >= 500) this.report(meant, requestIdOf(response));
    sendProblem(response, explanation);
  }

  /** Maps what was thrown to what the client is told; overridden by filters for a library's errors. */
  protected meaning(thrown: unknown): unknown {
    return thrown;
  }

  private report(thrown: unknown, requestId: string): void {
    // Expected while a dependency is unavailable: one line instead of a stack for every request.
    if (thrown instanceof ServiceUnavailableException) {
      this.logger.warn(thrown.message, {
        requestId,
        cause: thrown.cause instanceof Error ? thrown.cause.message : undefined,
      });
      return;
    }
    const error = thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
    this.logger.error(error.message, { requestId, stack: error.stack });
  }
}

/** What Node throws at a handler that responds after the timeout already did. */
function isLateResponse(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_HTTP_HEADERS_SENT';
}

interface Explanation {
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

const INTERNAL_ERROR = 'An internal error occurred. Quote the request id when you report it.';

function explain(thrown: unknown): Explanation {
  if (thrown instanceof InvalidInput) return { status: 400, detail: thrown.message, errors: thrown.errors };
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    if (status === 503) return { status, detail: thrown.message, headers: { 'Retry-After': '1' } };
    return { status, detail: status < 500 ? thrown.message : INTERNAL_ERROR };
  }
  return { status: 500, detail: INTERNAL_ERROR };
}
