import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { Fault, throwIfAny } from '../charts/fault.ts';
import { duplicateJsonKeys } from './duplicates.ts';
import { explain, type ExplainContext } from './explain.ts';
import { lineAt, lineInJson } from './locate.ts';

type Words = Pick<ExplainContext, 'missing' | 'topLevel'>;

/** A value of a JSON file, with the locations of its parts. */
export interface JsonFile {
  readonly value: unknown;
  readonly at: ExplainContext['at'];
}

/**
 * Reads a JSON file and validates it against a schema.
 *
 * @throws Fault if the file cannot be read, is not JSON, has a key twice, or does not match the schema
 */
export function checkJson<S extends z.ZodType>(schema: S, file: string, root: string): z.output<S> {
  const { value, at } = readJson(file, root);
  return check(schema, value, at);
}

/** Reads a JSON file. @throws Fault if the file cannot be read, is not JSON, or has a key twice */
export function readJson(file: string, root: string): JsonFile {
  const missing = 'each cluster has cluster.ts, and facts.json once its facts are known: add the file';
  return parseJson(readText(root, file, missing), file);
}

/** The value of a JSON text. @throws Fault if it is not JSON, or has a key twice */
export function parseJson(text: string, file: string): JsonFile {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true });
  throwIfAny(
    errors.slice(0, 1).map(({ error, offset }) => ({
      what: `the file is not JSON: ${printParseErrorCode(error)}`,
      file: `${file}:${lineAt(text, offset)}`,
      seen: text.slice(offset, offset + 20).split('\n')[0] || 'the end of the line',
      fix: 'correct the syntax at or just before this place',
    })),
  );
  throwIfAny(duplicateJsonKeys(text, file));
  return { value, at: (path) => ({ file: `${file}:${lineInJson(text, path)}` }) };
}

/** The text of a file of the repository. @throws Fault if it cannot be read, or is not UTF-8 without a mark */
export function readText(root: string, file: string, missing = 'restore it from Git'): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(root, file));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new Fault({ what: 'the file cannot be read', file, seen: message, fix: UNREADABLE[code] ?? missing });
  }
  if (!isUtf8(bytes)) throw encodedAs('in another encoding than UTF-8', bytes, file);
  const text = bytes.toString('utf8');
  // Terraform reads these files too, and takes no mark.
  if (text.startsWith('\uFEFF')) throw encodedAs('with a byte order mark', bytes, file);
  return text;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EISDIR: 'a folder is where the file must be: remove it, and restore the file from Git',
  EACCES: 'make it readable',
};

function encodedAs(how: string, bytes: Buffer, file: string): Fault {
  return new Fault({
    what: `the file is saved ${how}`,
    file,
    seen: `bytes ${bytes
      .subarray(0, 3)
      .toString('hex')
      .replaceAll(/..(?!$)/g, '$& ')} at its start`,
    fix: 'save it as "UTF-8", not as "UTF-8 with BOM" or "UTF-16"',
  });
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
