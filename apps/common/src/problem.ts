import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, BadRequestException, Catch, type ExceptionFilter, HttpException, Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { currentRequest } from './request-context.ts';

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

/** Builds the problem of an answer to the request at hand. */
export function problemOf(status: number, detail: string, errors?: readonly FieldFault[]): Problem {
  const requestId = currentRequest()?.requestId ?? '';
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, requestId, ...(errors && { errors: [...errors] }) };
}

/** Sends a problem, unless an answer is already on its way. */
export function sendProblem(response: Response, problem: Problem, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    response.destroy();
    return;
  }
  response.status(problem.status).set(headers).type(PROBLEM_JSON).send(JSON.stringify(problem));
}

/** Turns whatever was thrown into a problem. What it says of a fault of ours is in the log, not in the answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.writableEnded && isLateAnswer(thrown)) return;
    const meant = this.meaning(thrown);
    const { status, detail, errors, headers } = explain(meant);
    if (status >= 500) this.report(meant);
    sendProblem(response, problemOf(status, detail, errors), headers);
  }

  /** What something thrown says to a caller; a filter for a library's errors knows better. */
  protected meaning(thrown: unknown): unknown {
    return thrown;
  }

  private report(thrown: unknown): void {
    // Expected, for as long as what a service needs is away: one line, where each request would leave a whole stack.
    if (thrown instanceof ServiceUnavailableException) {
      this.logger.warn(thrown.message, { cause: thrown.cause instanceof Error ? thrown.cause.message : undefined });
      return;
    }
    const error = thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
    this.logger.error(error.message, error.stack);
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
