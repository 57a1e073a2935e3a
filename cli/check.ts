import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { Fault, throwIfAny } from '../charts/fault.ts';
import { duplicateJsonKeys } from './duplicates.ts';
import { explain, type ExplainContext } from './explain.ts';
import { lineAt, lineInJson } from './locate.ts';

type Words = Pick<ExplainContext, 'missing' | 'topLevel'>;

/**
 * Reads a JSON file and validates it against a schema.
 *
 * @param words better words for problems than the general ones
 * @throws Fault if the file cannot be read, is not JSON, has a key twice, or does not match the schema
 */
export function checkJson<S extends z.ZodType>(schema: S, file: string, root: string, words: Words = {}): z.output<S> {
  const text = read(root, file);
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true });
  throwIfAny(
    errors.slice(0, 1).map(({ error, offset }) => ({
      what: `the file is not JSON: ${printParseErrorCode(error)}`,
      file: `${file}:${lineAt(text, offset)}`,
      seen: text.slice(offset, offset + 20).split('\n')[0],
      fix: 'correct the syntax at or just before this place',
    })),
  );
  throwIfAny(duplicateJsonKeys(text, file));
  return check(schema, value, (path) => ({ file: `${file}:${lineInJson(text, path)}` }), words);
}

function read(root: string, file: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (error) {
    throw new Fault({
      what: 'the file cannot be read',
      file,
      seen: (error as Error).message,
      fix: 'each cluster has cluster.ts and pins.json, and facts.json once its facts are known: add the file',
    });
  }
}

/** Validates a value against a schema. @throws Fault with every mistake in it */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: ExplainContext['at'],
  words: Words = {},
): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Fault(...explain(result.error, { schema, value, at, ...words }));
  return result.data;
}
