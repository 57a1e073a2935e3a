import { parseTree, type Node } from 'jsonc-parser';
import type { Problem } from '../charts/fault.ts';
import { lineAt } from './locate.ts';
import { type Expression, keyOf, type Module, moduleOf, programOf, type Property, textOf } from './syntax.ts';

/** A key of an object and its offset in the text. */
interface Key {
  readonly name: string;
  readonly offset: number;
}

/**
 * Keys that are written twice in one object of a cluster file: JavaScript keeps the last one silently. Constants of the
 * file are read; a spread may be overridden on purpose.
 */
export function duplicateKeys(text: string, file: string): Problem[] {
  const program = programOf(text);
  if (!program) return [];
  const module = moduleOf(program);
  return objectsIn(program).flatMap(({ properties }) => problemsOf(text, file, keysOf(module, properties)));
}

/** Keys that are written twice in one object of a JSON file, of which parsers keep the last one silently. */
export function duplicateJsonKeys(text: string, file: string): Problem[] {
  const tree = parseTree(text);
  return tree ? objectsInJson(tree).flatMap((object) => problemsOf(text, file, keysInJson(object))) : [];
}

function problemsOf(text: string, file: string, keys: readonly Key[]): Problem[] {
  const before = new Map<string, number>();
  return keys.flatMap(({ name, offset }) => {
    const [first, line] = [before.get(name), lineAt(text, offset)];
    before.set(name, line);
    if (first === undefined) return [];
    return {
      what: `"${name}" is written twice in one object`,
      file: `${file}:${line}`,
      seen: first === line ? `twice on line ${line}` : `lines ${first} and ${line}`,
      fix: 'keep one of them: only the last one would have an effect',
    };
  });
}

type ObjectLiteral = Extract<Expression, { type: 'ObjectExpression' }>;

/** Every object literal below a node of the syntax tree. */
function objectsIn(node: unknown): ObjectLiteral[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(objectsIn);
  return 'type' in node && node.type === 'ObjectExpression' ? [node as ObjectLiteral, ...inner] : inner;
}

function keysOf(module: Module, properties: readonly Property[]): Key[] {
  return properties.flatMap((property) => {
    // A getter and a setter may have the same key.
    const accessor = property.type === 'ObjectMethod' && property.kind !== 'method';
    if (property.type === 'SpreadElement' || accessor) return [];
    const name = keyOf(property, (constant) => textOf(module, constant));
    return name === undefined ? [] : [{ name, offset: property.start ?? 0 }];
  });
}

function objectsInJson(node: Node): Node[] {
  const inner = (node.children ?? []).flatMap(objectsInJson);
  return node.type === 'object' ? [node, ...inner] : inner;
}

function keysInJson({ children = [] }: Node): Key[] {
  return children.flatMap(({ offset, children: [key] = [] }) =>
    typeof key?.value === 'string' ? [{ name: key.value, offset }] : [],
  );
}
