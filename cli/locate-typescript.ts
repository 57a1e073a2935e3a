import { lineAt, type Path } from './locate.ts';
import {
  argumentOf,
  type Expression,
  keyOf,
  moduleOf,
  type Module,
  programOf,
  type Property,
  textOf,
  unwrapped,
} from './syntax.ts';

/**
 * Parses a cluster file and returns a function from the path of an exported value to its line (from 1): the line of its
 * key, also if the value is spread from a `const` of the same file. A value that is not a literal of the file (imported,
 * computed, returned by a call) is located at the innermost enclosing literal.
 */
export function lineFinder(text: string): (path: Path) => number {
  const program = programOf(text);
  // Not reached by the CLI: esbuild rejects a file that is not TypeScript, with the line.
  if (!program) return () => 1;
  const module = moduleOf(program);
  return (path) => lineAt(text, offsetOf(module, path));
}

/** Expressions being resolved, so that a constant defined by itself does not recurse forever. */
type Passed = ReadonlySet<Expression>;

/** The result of a step: an offset in the text, and the expression there unless it is a method or accessor. */
interface Found {
  readonly offset: number;
  readonly value: Expression | undefined;
}

function offsetOf(module: Module, path: Path): number {
  let found: Found = rootOf(module);
  for (const key of path) {
    const next = found.value && step(module, found.value, key);
    if (!next) break;
    found = next;
  }
  return found.offset;
}

/** The object literal that the file exports; the export itself if it cannot be resolved to one. */
function rootOf(module: Module): Found {
  const { exported } = module;
  if (!exported) return { offset: 0, value: undefined };
  const value = resolve(module, exported);
  return { offset: value?.type === 'ObjectExpression' ? (value.start ?? 0) : (exported.start ?? 0), value };
}

/**
 * Resolves an expression to a literal, through type assertions, functions that return their argument, constants of the
 * file and their fields.
 */
function resolve(module: Module, expression: Expression, passed: Passed = new Set()): Expression {
  const bare = unwrapped(expression);
  if (passed.has(bare)) return bare;
  const seen = new Set(passed).add(bare);
  const inner = argumentOf(module, bare) ?? (bare.type === 'Identifier' ? module.constants.get(bare.name) : undefined);
  if (inner) return resolve(module, inner, seen);
  if (bare.type !== 'MemberExpression' || bare.object.type === 'Super') return bare;
  const key = keyOf({ computed: bare.computed, key: bare.property }, (name) => textOf(module, name));
  const found = key === undefined ? undefined : step(module, resolve(module, bare.object, seen), key, seen);
  return found?.value ? resolve(module, found.value, seen) : bare;
}

/** Descends by one key or index; undefined if the value there is not a literal of the file. */
function step(module: Module, value: Expression, key: string | number, passed: Passed = new Set()): Found | undefined {
  const literal = resolve(module, value, passed);
  if (literal.type === 'ArrayExpression') return elements(module, literal, passed).found[Number(key)];
  if (literal.type !== 'ObjectExpression') return undefined;
  const found = member(module, literal.properties, String(key), passed);
  return typeof found === 'string' ? undefined : found;
}

/**
 * The property of a name. The last one wins, as at run time, so a computed key or a spread that cannot be resolved hides
 * the properties before it.
 */
function member(
  module: Module,
  properties: readonly Property[],
  name: string,
  passed: Passed,
): Found | 'absent' | 'hidden' {
  for (const property of properties.toReversed()) {
    if (property.type === 'SpreadElement') {
      const spread = resolve(module, property.argument, passed);
      if (spread.type !== 'ObjectExpression' || passed.has(spread)) return 'hidden';
      const found = member(module, spread.properties, name, new Set(passed).add(spread));
      if (found !== 'absent') return found;
      continue;
    }
    const key = keyOf(property, (constant) => textOf(module, constant));
    if (key === undefined) return 'hidden';
    if (key !== name) continue;
    const value = property.type === 'ObjectProperty' ? (property.value as Expression) : undefined;
    return { offset: property.start ?? 0, value };
  }
  return 'absent';
}

/** The elements of a list, up to the first spread that cannot be resolved. */
function elements(
  module: Module,
  list: Extract<Expression, { type: 'ArrayExpression' }>,
  passed: Passed,
): { readonly found: readonly Found[]; readonly complete: boolean } {
  const found: Found[] = [];
  for (const element of list.elements) {
    // A hole has no location.
    if (!element) return { found, complete: false };
    if (element.type !== 'SpreadElement') {
      found.push({ offset: element.start ?? 0, value: element });
      continue;
    }
    const spread = resolve(module, element.argument, passed);
    if (spread.type !== 'ArrayExpression' || passed.has(spread)) return { found, complete: false };
    const inner = elements(module, spread, new Set(passed).add(spread));
    found.push(...inner.found);
    if (!inner.complete) return { found, complete: false };
  }
  return { found, complete: true };
}
