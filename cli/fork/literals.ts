import { argumentOf, type Expression, keyOf, moduleOf, programOf, type Property, unwrapped } from '../syntax.ts';

/** Keys from the object that a file exports: `['services', 'whoami']`. */
type Path = readonly string[];

type ObjectLiteral = Extract<Expression, { type: 'ObjectExpression' }>;
type ListLiteral = Extract<Expression, { type: 'ArrayExpression' }>;

/**
 * The text of a TypeScript file without a property of the object that it exports, with the comment right before it; the text as it is
 * without such a property.
 */
export function withoutProperty(text: string, path: Path): string {
  const parent = objectAt(text, path.slice(0, -1));
  const property = parent && propertyOf(parent, path.at(-1) ?? '');
  if (!property) return text;
  const from = property.leadingComments?.[0]?.start ?? property.start ?? 0;
  return without(text, from, property.end ?? 0);
}

/** The names of the properties of an object; none if there is no such object. */
export function keysAt(text: string, path: Path): string[] {
  return (objectAt(text, path)?.properties ?? []).flatMap((property) =>
    property.type === 'SpreadElement' ? [] : (keyOf(property, () => undefined) ?? []),
  );
}

/** The text of a property's value; undefined if there is none. */
export function valueAt(text: string, path: Path): string | undefined {
  const value = expressionAt(text, path);
  return value && text.slice(value.start ?? 0, value.end ?? 0);
}

/** The text with another value of a property that is there. */
export function withValue(text: string, path: Path, value: string): string {
  const found = expressionAt(text, path);
  return found ? text.slice(0, found.start ?? 0) + value + text.slice(found.end ?? 0) : text;
}

/** The text with one more property at the end of an object; undefined if there is no such object. */
export function withProperty(text: string, path: Path, key: string, value: string): string | undefined {
  const object = objectAt(text, path);
  if (!object) return undefined;
  const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
  return inserted(text, object, object.properties, `${name}: ${value}`);
}

/** The strings of a list; none if there is no such list. */
export function stringsAt(text: string, path: Path): string[] {
  return (listAt(text, path)?.elements ?? []).flatMap((one) => (one?.type === 'StringLiteral' ? [one.value] : []));
}

/** The text without a string of a list. */
export function withoutString(text: string, path: Path, value: string): string {
  const element = listAt(text, path)?.elements.find((one) => one?.type === 'StringLiteral' && one.value === value);
  return element ? without(text, element.start ?? 0, element.end ?? 0) : text;
}

/** The text with one more string at the end of a list; undefined if there is no such list. */
export function withString(text: string, path: Path, value: string): string | undefined {
  const list = listAt(text, path);
  return list && inserted(text, list, list.elements, `'${value}'`);
}

/** The text with one more element at the end of the list that a constant is made of; undefined if there is no such list. */
export function appended(text: string, constant: string, element: string): string | undefined {
  const program = programOf(text);
  let here = program && moduleOf(program).constants.get(constant);
  // The list that a call is on: `[…].flatMap(…)`.
  while (here?.type === 'CallExpression' && here.callee.type === 'MemberExpression') here = here.callee.object;
  return here?.type === 'ArrayExpression' ? inserted(text, here, here.elements, element) : undefined;
}

function expressionAt(text: string, path: Path): Expression | undefined {
  const program = programOf(text);
  const module = program && moduleOf(program);
  let here = module?.exported && unwrapped(module.exported);
  const argument = module && here && argumentOf(module, here);
  if (argument) here = unwrapped(argument);
  for (const key of path) {
    const property: Property | undefined = here?.type === 'ObjectExpression' ? propertyOf(here, key) : undefined;
    if (property?.type !== 'ObjectProperty') return undefined;
    here = unwrapped(property.value as Expression);
  }
  return here;
}

function objectAt(text: string, path: Path): ObjectLiteral | undefined {
  const found = expressionAt(text, path);
  return found?.type === 'ObjectExpression' ? found : undefined;
}

function listAt(text: string, path: Path): ListLiteral | undefined {
  const found = expressionAt(text, path);
  return found?.type === 'ArrayExpression' ? found : undefined;
}

function propertyOf(object: ObjectLiteral, key: string): Property | undefined {
  return object.properties.find((one) => one.type !== 'SpreadElement' && keyOf(one, () => undefined) === key);
}

/** Cuts a member of a list or an object, with one comma beside it; the formatter sees to the rest. */
export function without(text: string, start: number, end: number): string {
  const [comma] = /^\s*,/.exec(text.slice(end)) ?? [];
  const after = text.slice(end + (comma?.length ?? 0));
  const before = comma === undefined ? text.slice(0, start).replace(/,\s*$/, '') : text.slice(0, start);
  // A line of its own goes as a whole: the formatter keeps empty ones.
  return /\n[ \t]*$/.test(before) && /^[ \t]*\n/.test(after)
    ? before.replace(/[ \t]*$/, '') + after.replace(/^[ \t]*\n/, '')
    : before + after;
}

/** Adds a member after the last one. */
function inserted(
  text: string,
  whole: { readonly start?: number | null },
  members: readonly ({ readonly end?: number | null } | null)[],
  member: string,
): string {
  const last = members.at(-1);
  const [at, written] = last ? [last.end ?? 0, `, ${member}`] : [(whole.start ?? 0) + 1, member];
  return text.slice(0, at) + written + text.slice(at);
}
