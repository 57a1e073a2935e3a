import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { type FieldError, InvalidInput } from './problem.ts';

/** Maximum number of errors in a response. */
const MAX_ERRORS = 50;

const PLACES: Readonly<Record<ArgumentMetadata['type'], string>> = {
  body: 'body',
  query: 'query',
  param: 'path',
  custom: 'request',
};

/**
 * Validates parameters against `@Body({ schema })`, `@Query({ schema })` or `@Param('id', { schema })` and passes the
 * schema's output to the handler. Every error names its field. Schemas must be synchronous: checks that need I/O belong
 * in the handler.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, data, schema }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const place = data === undefined ? PLACES[type] : `${PLACES[type]}.${data}`;
    throw new InvalidInput(result.error.issues.flatMap((issue) => errorsOf(place, issue)).slice(0, MAX_ERRORS));
  }
}

function errorsOf(place: string, issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  // zod names the object with the unknown keys; the client needs the keys themselves.
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: [place, ...path, key].join('.'), detail: 'is not a known field' }));
  return [{ field: [place, ...path].join('.'), detail: issue.message }];
}
