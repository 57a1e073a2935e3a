import { transform } from 'esbuild';
import { parseTree, type Node } from 'jsonc-parser';
import type { Problem } from '../charts/fault.ts';
import { lineAt } from './locate.ts';

/**
 * Keys that are written twice in one object of a cluster file: JavaScript keeps the last one silently. esbuild, which
 * runs already, knows them; a spread may be overridden on purpose.
 */
export async function duplicateKeys(text: string, file: string): Promise<Problem[]> {
  const { warnings } = await transform(text, { loader: 'ts', logLevel: 'silent' }).catch(() => ({ warnings: [] }));
  return warnings
    .filter(({ id }) => id === 'duplicate-object-key')
    .map(({ text: message, location, notes: [original] }) =>
      writtenTwice(file, /"(.*)"/.exec(message)?.[1] ?? '', original?.location?.line ?? 1, location?.line ?? 1),
    );
}

/** Keys that are written twice in one object of a JSON file, of which parsers keep the last one silently. */
export function duplicateJsonKeys(text: string, file: string): Problem[] {
  const tree = parseTree(text);
  return tree ? objectsIn(tree).flatMap((object) => repeated(text, file, object)) : [];
}

function writtenTwice(file: string, name: string, first: number, line: number): Problem {
  return {
    what: `"${name}" is written twice in one object`,
    file: `${file}:${line}`,
    seen: first === line ? `twice on line ${line}` : `lines ${first} and ${line}`,
    fix: 'keep one of them: only the last one would have an effect',
  };
}

function objectsIn(node: Node): Node[] {
  const inner = (node.children ?? []).flatMap(objectsIn);
  return node.type === 'object' ? [node, ...inner] : inner;
}

function repeated(text: string, file: string, { children = [] }: Node): Problem[] {
  const before = new Map<string, number>();
  return children.flatMap(({ offset, children: [key] = [] }) => {
    if (typeof key?.value !== 'string') return [];
    const [first, line] = [before.get(key.value), lineAt(text, offset)];
    before.set(key.value, line);
    return first === undefined ? [] : [writtenTwice(file, key.value, first, line)];
  });
}
