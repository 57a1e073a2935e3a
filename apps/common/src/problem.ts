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

/** Media type of RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';

/** What is wrong with one field of a request. */
export const fieldFault = z.object({
  /** Where: `body`, `query` or `path`, then names and indexes, such as `body.address.zipcode`. */
  field: z.string(),
  detail: z.string(),
});
/** What is wrong with one field of a request. */
export type FieldFault = z.output<typeof fieldFault>;

/** An error as callers see it (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(fieldFault).optional(),
});
/** An error as callers see it (RFC 9457). */
export type Problem = z.output<typeof problemSchema>;

/** A request whose fields are wrong: answered 400, naming each. */
export class InvalidInput extends BadRequestException {
  readonly errors: readonly FieldFault[];

  constructor(errors: readonly FieldFault[]) {
    super(`The request is not valid: ${errors.map(({ field, detail }) => `${field}: ${detail}`).join('; ')}`);
    this.errors = errors;
  }
}

/** Answers with a problem, unless an answer is already on its way. */
export function sendProblem(response: ServerResponse, { status, detail, errors, headers = {} }: Explanation): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
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

/** Answers what is not worth a try. */
export function refuse(response: ServerResponse, status: number, detail: string, retryAfterSeconds?: number): void {
  sendProblem(response, {
    status,
    detail,
    ...(retryAfterSeconds !== undefined && { headers: { 'Retry-After': String(retryAfterSeconds) } }),
  });
}

/** Turns whatever was thrown into a problem. What it says of a fault of ours is in the log, not in the answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.writableEnded && isLateAnswer(thrown)) return;
    const meant = this.meaning(thrown);
    const explanation = explain(meant);
    if (explanation.status >= 500) this.report(meant, requestIdOf(response));
    sendProblem(response, explanation);
  }

  /** What something thrown says to a caller; a filter for a library's errors knows better. */
  protected meaning(thrown: unknown): unknown {
    return thrown;
  }

  private report(thrown: unknown, requestId: string): void {
    // Expected, for as long as what a service needs is away: one line, where each request would leave a whole stack.
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

/** What Node throws at a handler that answers when the time limit has done so: nobody waits for it any more. */
function isLateAnswer(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_HTTP_HEADERS_SENT';
}

interface Explanation {
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
  readonly headers?: Readonly<Record<string, string>>;
}

const SORRY = 'Something went wrong on our side. The request id helps to find out what.';

function explain(thrown: unknown): Explanation {
  if (thrown instanceof InvalidInput) return { status: 400, detail: thrown.message, errors: thrown.errors };
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus();
    if (status === 503) return { status, detail: thrown.message, headers: { 'Retry-After': '1' } };
    return { status, detail: status < 500 ? thrown.message : SORRY };
  }
  return { status: 500, detail: SORRY };
}
