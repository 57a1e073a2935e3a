import { without } from './literals.ts';
import type { Found, Node } from './tree.ts';

/** What has members that can go one by one, with the field that has them. */
const MEMBERS: Readonly<Record<string, string>> = {
  ArrayExpression: 'elements',
  BlockStatement: 'body',
  ClassBody: 'body',
  ExportNamedDeclaration: 'specifiers',
  ImportDeclaration: 'specifiers',
  ObjectExpression: 'properties',
  ObjectPattern: 'properties',
  Program: 'body',
  SwitchStatement: 'cases',
  TSInterfaceBody: 'body',
  TSTypeLiteral: 'members',
  VariableDeclaration: 'declarations',
};

/** A part of a text, with the comments before it. */
type Part = Pick<Node, 'start' | 'end' | 'leadingComments'>;

/** A text without the parts that some nodes are in, and the comments before them. */
export function cut(text: string, found: readonly Found[]): string {
  const going = new Set<Node>();
  const all = found.map(({ node, parents }) => partOf(node, parents, going));
  const parts = [...new Map(all.map((one) => [`${one.start}-${one.end}`, one])).values()];
  const outer = parts.filter(
    (one) => !parts.some((other) => other !== one && other.start <= one.start && one.end <= other.end),
  );
  return outer
    .toSorted((a, b) => b.start - a.start)
    .reduce((left, { start, end, leadingComments }) => without(left, leadingComments?.[0]?.start ?? start, end), text);
}

/**
 * What a node is a part of and goes with it; what would be left empty, or without the value that it returns, goes as a whole.
 *
 * @param going what goes already; it is added to
 */
function partOf(node: Node, [parent, ...others]: readonly Node[], going: Set<Node>): Part {
  going.add(node);
  if (parent === undefined || parent.type === 'Program') return node;
  if (parent.type === 'IfStatement' && parent['alternate'] === node && !returns(node))
    return { start: (parent['consequent'] as Node).end, end: node.end };
  if (parent.type === 'VariableDeclarator' && parent['id'] === node && acts(parent, others[0]))
    return { start: others[0]?.start ?? 0, end: (parent['init'] as Node).start };
  const field = MEMBERS[parent.type];
  const siblings = field === undefined ? [] : (parent[field] as readonly Node[]);
  const isLast = siblings.every((one) => going.has(one)) && !staysEmpty(parent, others[0]);
  return siblings.includes(node) && !isLast && !returns(node) ? node : partOf(parent, others, going);
}

/** True for an object, a class, and parameters that are destructured. */
function staysEmpty({ type }: Node, parent: Node | undefined): boolean {
  return (
    ['ObjectExpression', 'ClassBody'].includes(type) ||
    (type === 'ObjectPattern' && parent?.type !== 'VariableDeclarator')
  );
}

/** True for a statement after which none of its block is run: others do not return a value in its place. */
function returns(node: Node): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true;
    case 'BlockStatement':
      return (node['body'] as readonly Node[]).some(returns);
    case 'IfStatement':
      return node['alternate'] !== null && [node['consequent'], node['alternate']].every((one) => returns(one as Node));
    case 'SwitchStatement':
      return (node['cases'] as readonly Node[]).some((one) => (one['consequent'] as readonly Node[]).some(returns));
    case 'TryStatement':
      return returns(node['block'] as Node);
    default:
      return false;
  }
}

/** True if the value of a name does something, so that it stays when the name goes. */
function acts({ init }: Node, declaration: Node | undefined): boolean {
  const isOnly = (declaration?.['declarations'] as readonly Node[] | undefined)?.length === 1;
  return isOnly && /^(?:Call|New|Await)Expression$/.test((init as Node | null)?.type ?? '');
}
