import { findNodeAtLocation, parseTree } from 'jsonc-parser';

/** A way into nested values: keys and list indices. */
export type Path = readonly (string | number)[];

/** The line (from 1) of a value in a JSON text; of what encloses it, if it is not there. */
export function lineInJson(text: string, path: Path): number {
  const tree = parseTree(text);
  if (!tree) return 1;
  for (let depth = path.length; depth >= 0; depth--) {
    const node = findNodeAtLocation(tree, path.slice(0, depth));
    if (node) return lineAt(text, node.offset);
  }
  return 1;
}

/**
 * The line (from 1) of a value in a TypeScript object literal: each key is looked for behind the one that encloses
 * it. Good enough to point at a line; a computed or spread value is found at what encloses it.
 */
export function lineInTypeScript(text: string, path: Path): number {
  let offset = Math.max(0, text.indexOf('defineCluster('));
  for (const key of path) {
    if (typeof key === 'number') continue;
    const found = new RegExp(`(^|[\\s{,])['"]?${escape(key)}['"]?\\s*[:,}]`, 'm').exec(text.slice(offset));
    if (!found) break;
    offset += found.index + (found[1]?.length ?? 0);
  }
  return lineAt(text, offset);
}

/** The line (from 1) of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function escape(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}
