import { createRequire } from 'node:module';
import type * as Babel from '@babel/parser';

type Program = ReturnType<typeof Babel.parse>['program'];
type Statement = Program['body'][number];
export type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];
export type Property = Extract<Expression, { type: 'ObjectExpression' }>['properties'][number];

/** The parts of a module that are needed to resolve its default export. */
export interface Module {
  /** Initializers of top-level constants by name. */
  readonly constants: ReadonlyMap<string, Expression>;
  /** Exported names of imports by local name. */
  readonly imported: ReadonlyMap<string, string>;
  /** The expression of the default export. */
  readonly exported: Expression | undefined;
}

const require = createRequire(import.meta.url);

/** Functions that return their argument. */
const RETURN_THEIR_ARGUMENT = new Set(['defineCluster', 'defineRings', 'Object', 'Object.freeze', 'Object.seal']);

/** The syntax tree of a TypeScript file; undefined if it is not one. The parser is loaded by the first call. */
export function programOf(text: string): Program | undefined {
  const { parse } = require('@babel/parser') as typeof Babel;
  try {
    return parse(text, { sourceType: 'module', plugins: ['typescript'], errorRecovery: true }).program;
  } catch {
    return undefined;
  }
}

export function moduleOf({ body }: Program): Module {
  return {
    constants: new Map(body.flatMap(constantsOf)),
    imported: new Map(body.flatMap(importsOf)),
    exported: body.map(defaultOf).find((expression) => expression !== undefined),
  };
}

function constantsOf(statement: Statement): (readonly [string, Expression])[] {
  const declaration =
    statement.type === 'ExportNamedDeclaration' && statement.declaration ? statement.declaration : statement;
  // Variables may be reassigned.
  if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'const') return [];
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init ? [[id.name, init] as const] : [],
  );
}

function importsOf(statement: Statement): (readonly [string, string])[] {
  if (statement.type !== 'ImportDeclaration') return [];
  return statement.specifiers.flatMap((one) =>
    one.type === 'ImportSpecifier'
      ? [[one.local.name, one.imported.type === 'Identifier' ? one.imported.name : one.imported.value] as const]
      : [],
  );
}

/** The expression of `export default …` or `export { … as default }`. */
function defaultOf(statement: Statement): Expression | undefined {
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration as Expression;
  if (statement.type !== 'ExportNamedDeclaration' || statement.source) return undefined;
  const named = statement.specifiers.find(
    (one) =>
      one.type === 'ExportSpecifier' &&
      (one.exported.type === 'Identifier' ? one.exported.name : one.exported.value) === 'default',
  );
  return named?.type === 'ExportSpecifier' ? named.local : undefined;
}

/** Without type syntax: `as const`, `satisfies ClusterFile`, `!`. */
export function unwrapped(expression: Expression): Expression {
  switch (expression.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
      return unwrapped(expression.expression);
    default:
      return expression;
  }
}

/** The argument of a call to a function that returns it. */
export function argumentOf({ imported }: Module, expression: Expression): Expression | undefined {
  if (expression.type !== 'CallExpression') return undefined;
  const { callee, arguments: args } = expression;
  const [first] = args;
  if (!first || first.type === 'SpreadElement' || first.type === 'ArgumentPlaceholder') return undefined;
  return RETURN_THEIR_ARGUMENT.has(nameOf(callee, imported)) ? first : undefined;
}

function nameOf(
  callee: Extract<Expression, { type: 'CallExpression' }>['callee'],
  imported: Module['imported'],
): string {
  if (callee.type === 'Identifier') return imported.get(callee.name) ?? callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed) return '';
  const { object, property } = callee;
  return object.type === 'Identifier' && property.type === 'Identifier' ? `${object.name}.${property.name}` : '';
}

/**
 * A key as text: `a`, `'a'`, `1`, `['a']`, `[A_CONSTANT]`; undefined if it is computed at run time.
 *
 * @param constant the string that a constant of the file holds
 */
export function keyOf(
  { computed, key }: { readonly computed?: boolean; readonly key: { readonly type: string } },
  constant: (name: string) => string | undefined,
): string | undefined {
  const node = key as Expression;
  if (node.type === 'Identifier') return computed ? constant(node.name) : node.name;
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'NumericLiteral') return String(node.value);
  // A template without `${…}` has one quasi.
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** The string or number that a constant holds, as text. */
export function textOf({ constants }: Module, name: string): string | undefined {
  const value = constants.get(name);
  return value && keyOf({ computed: true, key: unwrapped(value) }, () => undefined);
}
