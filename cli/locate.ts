import { findNodeAtLocation, parseTree } from 'jsonc-parser';

/** A path into nested values: keys and list indices. */
export type Path = readonly (string | number)[];

/** The line (from 1) of a value in a JSON text; that of the innermost enclosing value if it is absent. */
export function lineInJson(text: string, path: Path): number {
  const tree = parseTree(text);
  if (!tree) return 1;
  for (let depth = path.length; depth >= 0; depth--) {
    const node = findNodeAtLocation(tree, path.slice(0, depth));
    if (node) return lineAt(text, node.offset);
  }
  return 1;
}

/** The line (from 1) of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
