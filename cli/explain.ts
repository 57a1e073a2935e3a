import { z } from 'zod';
import { type Problem, suggest } from '../charts/fault.ts';
import type { Path } from './locate.ts';

/** What the issues of a validation refer to. */
export interface ExplainContext {
  readonly schema: z.ZodType;
  /** The validated value. */
  readonly value: unknown;
  /** The location of a value by its path: `clusters/local/pins.json:12`, or another source. */
  readonly at: (path: Path) => Pick<Problem, 'file' | 'where'>;
  /** Advice for a missing value, if there is better advice than "add it". */
  readonly missing?: (path: Path) => string;
}

/** Zod's issues as problems, in the user's terms. */
export function explain(error: z.ZodError, context: ExplainContext): Problem[] {
  return error.issues.flatMap((issue) => explainIssue(issue, context));
}

function explainIssue(issue: z.core.$ZodIssue, context: ExplainContext): Problem[] {
  const { path } = issue;
  const keys = path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(context.schema, keys);
    return issue.keys.map((key) => ({
      what: `unknown ${keys.length === 0 ? 'section' : 'field'} "${[...keys, key].join('.')}"`,
      ...context.at([...keys, key]),
      seen: shown(valueAt(context.value, [...keys, key])),
      fix: suggest(key, known),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return explainUnion(issue, keys, context);
  if (issue.code === 'invalid_key') return explainKey(issue, keys, context);
  const seen = valueAt(context.value, keys);
  if (seen === undefined && issue.code !== 'custom') {
    return [
      {
        what: `"${keys.join('.')}" is missing`,
        ...context.at(keys),
        fix: context.missing?.(keys) ?? `add it; ${expectation(issue)}`,
      },
    ];
  }
  return [
    {
      what: `"${keys.join('.')}" is invalid`,
      ...context.at(keys),
      seen: shown(seen),
      fix: fixOf(issue, seen),
    },
  ];
}

/** Explains one alternative of a union: the one that matches the type of the value, since its issues are the most specific. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, keys: Path, context: ExplainContext): Problem[] {
  const fitting =
    issue.errors.find((errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type')) ??
    issue.errors[0] ??
    [];
  return fitting.flatMap((inner) => explainIssue({ ...inner, path: [...keys, ...inner.path] }, context));
}

/** Explains a record's key that is not allowed; the value under it is of no interest. */
function explainKey(issue: z.core.$ZodIssueInvalidKey, keys: Path, context: ExplainContext): Problem[] {
  return issue.issues.map((inner) => ({
    what: `the name "${keys.at(-1)}" in "${keys.slice(0, -1).join('.')}" is invalid`,
    ...context.at(keys),
    fix: expectation(inner),
  }));
}

function fixOf(issue: z.core.$ZodIssue, seen: unknown): string {
  if (issue.code === 'invalid_value' && typeof seen === 'string') return suggest(seen, issue.values.map(String));
  return expectation(issue);
}

/** What the value must be: a schema's custom message unchanged; Zod's default messages rephrased for users. */
function expectation(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message.replace(/^must /, 'it must ');
  switch (issue.code) {
    case 'invalid_type':
      return `it must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_format':
      return `it must be ${FORMATS[issue.format] ?? issue.format}`;
    case 'too_small':
      return `it must be ${issue.origin === 'string' || issue.origin === 'array' ? 'longer' : `at least ${issue.minimum}`}`;
    case 'too_big':
      return `it must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object: { … }',
  array: 'a list: [ … ]',
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
};

const FORMATS: Readonly<Record<string, string>> = {
  hostname: 'a host name: letters, digits and hyphens, with dots between, such as www.example.com',
  guid: 'a UUID, such as 00000000-0000-4000-8000-000000000000',
  email: 'an e-mail address',
  url: 'a URL',
  cidrv4: 'a CIDR range, such as 10.0.0.0/16',
  cidrv6: 'a CIDR range, such as fd00::/64',
};

/** The keys that a schema allows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const found = path.reduce<z.ZodType | undefined>((here, key) => here && stepInto(here, key), schema);
  const object = found && asObject(found);
  if (!object) return [];
  // Fields of type never exist only for the message that explains why they have no effect.
  return Object.entries(object.shape).flatMap(([key, field]) =>
    unwrap(field as z.ZodType) instanceof z.ZodNever ? [] : [key],
  );
}

function stepInto(schema: z.ZodType, key: string | number): z.ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
  return asObject(bare)?.shape[key] as z.ZodType | undefined;
}

function asObject(schema: z.ZodType): z.ZodObject | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return bare;
  if (bare instanceof z.ZodUnion) return (bare.options as z.ZodType[]).map(asObject).find((o) => o !== undefined);
  return undefined;
}

/** Without `optional`, `default`, `refine` and the like. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return unwrap(schema.def.innerType as z.ZodType);
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly)
    return unwrap(schema.def.innerType as z.ZodType);
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in as z.ZodType) : schema;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
