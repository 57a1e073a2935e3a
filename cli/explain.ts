import { z } from 'zod';
import { type Problem, shown, suggest } from '../charts/fault.ts';
import { at, textAt } from '../charts/lib/manifest.ts';
import type { Path } from './locate.ts';
import { fieldsKnown, isByName, keysAt, optionsOf, schemaAt } from './schema-paths.ts';

/** What the issues of a validation refer to. */
export interface ExplainContext {
  readonly schema: z.ZodType;
  /** The validated value. */
  readonly value: unknown;
  /** The location of a value by its path: `clusters/pins/staging/mongo.json:12`, or another source. */
  readonly at: (path: Path) => Pick<Problem, 'file' | 'where'>;
  /** Advice for a missing value, if there is better advice than "add it". */
  readonly missing?: (path: Path) => string;
  /** What a key of the whole value is called. @default 'section' */
  readonly topLevel?: string;
}

/** Zod's issues as problems, in the user's terms. */
export function explain(error: z.ZodError, context: ExplainContext): Problem[] {
  return error.issues.flatMap((issue) => explainIssue(issue, context));
}

function explainIssue(issue: z.core.$ZodIssue, context: ExplainContext): Problem[] {
  const { path } = issue;
  const keys = path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(context.schema, keys, context.value);
    return issue.keys.map((key) => ({
      what: `unknown ${keys.length === 0 ? (context.topLevel ?? 'section') : 'field'} "${[...keys, key].join('.')}"`,
      ...context.at([...keys, key]),
      seen: shown(at(context.value, ...keys, key)),
      fix: fixOfUnknown(key, known, at(context.value, ...keys, key), schemaAt(context.schema, keys, context.value)),
    }));
  }
  // A union with a message of its own is one rule, such as an address of either family.
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && !isCustom(issue))
    return explainUnion(issue, keys, context);
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({
      what: `the name "${keys.join('.')}" is invalid`,
      ...context.at(keys),
      seen: shown(keys.at(-1)),
      fix: expectation(inner),
    }));
  }
  const what = issue.code === 'custom' && textAt(issue.params, 'what');
  if (what) return [{ what, ...context.at(keys), fix: expectation(issue) }];
  const seen = at(context.value, ...keys);
  if (seen === undefined && issue.code !== 'custom') {
    return [
      {
        what: `${nameOf(keys)} is missing`,
        ...context.at(keys),
        fix: context.missing?.(keys) ?? `add it; ${expectation(issue)}`,
      },
    ];
  }
  return [
    {
      what: `${nameOf(keys)} is invalid`,
      ...context.at(keys),
      seen: shown(seen),
      fix: fixOf(issue, seen),
    },
  ];
}

/** A value in a message; the path of a whole file is empty. */
function nameOf(keys: Path): string {
  return keys.length === 0 ? 'the whole value' : `"${keys.join('.')}"`;
}

/**
 * Explains one alternative of a union: of those that match the type of the value the one that knows most of its fields,
 * since its issues are the most specific.
 */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, keys: Path, context: ExplainContext): Problem[] {
  const value = at(context.value, ...keys);
  const options = optionsOf(schemaAt(context.schema, keys, context.value));
  const alternatives = issue.errors.map((errors, i) => ({
    errors,
    matches: !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type'),
    known: fieldsKnown(options[i], value),
  }));
  const matching = alternatives.filter(({ matches }) => matches);
  // The first one of several with as many.
  const [fitting] = (matching.length > 0 ? matching : alternatives).toSorted((a, b) => b.known - a.known);
  return (fitting?.errors ?? []).flatMap((inner) =>
    explainIssue({ ...inner, path: [...keys, ...inner.path] }, context),
  );
}

/** What to do about an unknown field, which may have been meant as an instance beside the settings of the first one. */
function fixOfUnknown(key: string, known: readonly string[], value: unknown, schema: z.ZodType | undefined): string {
  const fix = suggest(key, known);
  return typeof value === 'object' && optionsOf(schema).some(isByName)
    ? `if it is an instance, the settings beside it need a name too (docs/instances.md); else ${fix}`
    : fix;
}

function fixOf(issue: z.core.$ZodIssue, seen: unknown): string {
  const discriminators = discriminatorsOf(issue);
  if (discriminators && typeof seen === 'string') return suggest(seen, discriminators);
  if (issue.code === 'invalid_value' && typeof seen === 'string')
    return suggest(seen, issue.values.map(String), isCustom(issue) ? issue.message : undefined);
  return expectation(issue);
}

/** The known values of the field that selects an alternative of a union, if its value selects none. */
function discriminatorsOf(issue: z.core.$ZodIssue): string[] | undefined {
  return issue.code === 'invalid_union' && 'options' in issue ? issue.options?.map(String) : undefined;
}

/** What the value must be: a schema's custom message unchanged; Zod's default messages rephrased for users. */
function expectation(issue: z.core.$ZodIssue): string {
  const discriminators = discriminatorsOf(issue);
  if (discriminators) return `it must be one of: ${discriminators.join(', ')}`;
  if (issue.code === 'invalid_value' && issue.values.length > 1)
    return [`it must be one of: ${issue.values.join(', ')}`, ...(isCustom(issue) ? [issue.message] : [])].join('; ');
  if (isCustom(issue)) return issue.message.replace(/^must /, 'it must ');
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

/** True for a message of the schema, not one of Zod's. */
function isCustom({ message }: z.core.$ZodIssue): boolean {
  return !/^(Invalid|Too) /.test(message);
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object: { … }',
  record: 'an object: { … }',
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
