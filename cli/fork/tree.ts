import { programOf } from '../syntax.ts';

/** A node of a syntax tree, by the fields that all have. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly leadingComments?: readonly { readonly start: number }[];
  readonly [field: string]: unknown;
}

/** A node, with those that it is in, the innermost first. */
export interface Found {
  readonly node: Node;
  readonly parents: readonly Node[];
}

/** All nodes of a TypeScript file, each after what it is in; none if it is not one. */
export function nodesOf(text: string): Found[] {
  const program = programOf(text) as unknown as Node | undefined;
  return program ? below(program, []) : [];
}

function below(node: Node, parents: readonly Node[]): Found[] {
  const inner = [node, ...parents];
  return [{ node, parents }, ...childrenOf(node).flatMap((child) => below(child, inner))];
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode);
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string' && 'loc' in value
  );
}
