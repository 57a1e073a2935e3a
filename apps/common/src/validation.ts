import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { type FieldFault, InvalidInput } from './problem.ts';

/** Faults that an answer names; a caller who made more starts with these. */
const MOST = 50;

const PLACES: Readonly<Record<ArgumentMetadata['type'], string>> = {
  body: 'body',
  query: 'query',
  param: 'path',
  custom: 'request',
};

/**
 * Checks what a parameter declares by `@Body({ schema })`, `@Query({ schema })` or `@Param('id', { schema })` and hands
 * the handler what the schema makes of it. Every fault is named with its field. A schema that has to wait for something is
 * a fault of ours: checks of what others know belong to the handler.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, data, schema }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const place = data === undefined ? PLACES[type] : `${PLACES[type]}.${data}`;
    throw new InvalidInput(result.error.issues.flatMap((issue) => faults(place, issue)).slice(0, MOST));
  }
}

function faults(place: string, issue: z.core.$ZodIssue): FieldFault[] {
  const path = issue.path.map(String);
  // zod names the object that has too much; a caller wants the name of what is too much.
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: [place, ...path, key].join('.'), detail: 'is not known here' }));
  return [{ field: [place, ...path].join('.'), detail: issue.message }];
}
