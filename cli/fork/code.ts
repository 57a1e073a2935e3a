import { posix } from 'node:path';
import { without } from './literals.ts';
import { type Found, type Node, nodesOf } from './tree.ts';

/** What goes from the code of others with a folder. */
export interface Gone {
  /** The folder, from the repository's root. */
  readonly folder: string;
  /** Settings that go with it: `settings.postfacto`, and `'postfacto'` in lists of them. */
  readonly settings: readonly string[];
}

/** What has members that can go one by one, with the field that has them. */
const MEMBERS: Readonly<Record<string, string>> = {
  ArrayExpression: 'elements',
  BlockStatement: 'body',
  ClassBody: 'body',
  ImportDeclaration: 'specifiers',
  ObjectExpression: 'properties',
  ObjectPattern: 'properties',
  Program: 'body',
  TSInterfaceBody: 'body',
};

/** Names that a module declares, with how often it says each, the declaration included. */
interface Names {
  readonly declared: ReadonlySet<string>;
  readonly uses: ReadonlyMap<string, number>;
}

/**
 * A module without what it imports from a folder, and without each statement, element and property that uses that; then without what
 * uses a name that these declared, and without imports and destructured names that nothing uses any more.
 *
 * @param file its path from the repository's root
 * @returns the text as it is if it uses nothing of that
 */
export function withoutUses(text: string, file: string, gone: Gone): string {
  // Most modules say nothing of it, and are not parsed.
  if (![`${posix.basename(gone.folder)}/`, ...gone.settings].some((word) => text.includes(word))) return text;
  const before = namesIn(nodesOf(text));
  const first = cut(text, (found) => isImportFrom(found, file, gone.folder) || namesSetting(found, gone.settings));
  return first === text ? text : settled(first, before);
}

/** Cuts until no name is used that is not declared any more, and none is imported that is not used any more. */
function settled(text: string, before: Names): string {
  const now = namesIn(nodesOf(text));
  const lost = new Set([...before.declared].filter((name) => !now.declared.has(name)));
  const idle = new Set(
    [...now.declared].filter((name) => now.uses.get(name) === 1 && (before.uses.get(name) ?? 0) > 1),
  );
  const next = cut(text, (found) => isUseOf(found, lost) || isBindingOf(found, idle));
  return next === text ? text : settled(next, before);
}

function isImportFrom({ node }: Found, file: string, folder: string): boolean {
  if (node.type !== 'ImportDeclaration') return false;
  const from = posix.join(posix.dirname(file), (node['source'] as Node)['value'] as string);
  return from.startsWith(`${folder}/`);
}

function namesSetting({ node, parents: [parent] }: Found, settings: readonly string[]): boolean {
  if (node.type === 'StringLiteral')
    return parent?.type === 'ArrayExpression' && settings.includes(node['value'] as string);
  if (node.type !== 'MemberExpression') return false;
  const [object, property] = [node['object'], node['property']] as [Node, Node];
  return object['name'] === 'settings' && settings.includes(property['name'] as string);
}

/** A name that is used, where it is neither declared nor the name of a member. */
function isUseOf({ node, parents: [parent] }: Found, names: ReadonlySet<string>): boolean {
  return node.type === 'Identifier' && names.has(node['name'] as string) && !isKeyOf(node, parent);
}

/** An import or a destructured property that declares a name. */
function isBindingOf({ node, parents: [parent] }: Found, names: ReadonlySet<string>): boolean {
  const declares = (one: unknown): boolean => names.has((one as Node | undefined)?.['name'] as string);
  if (node.type === 'ImportSpecifier') return declares(node['local']);
  return node.type === 'ObjectProperty' && parent?.type === 'ObjectPattern' && declares(node['value']);
}

/** The key of a property, which names a member, unless the name is its value, too. */
function isKeyOf(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent['property'] === node && parent['computed'] !== true;
  return parent?.['key'] === node && parent['computed'] !== true && parent['shorthand'] !== true;
}

function namesIn(all: readonly Found[]): Names {
  const uses = new Map<string, number>();
  const declared = new Set<string>();
  for (const { node, parents } of all) {
    if (node.type !== 'Identifier' || isKeyOf(node, parents[0])) continue;
    // A shorthand property has one name in two nodes.
    const name = node['name'] as string;
    if (parents[0]?.['shorthand'] === true && parents[0]['key'] === node) continue;
    if (parents[0]?.type === 'ImportSpecifier' && parents[0]['imported'] === node && parents[0]['local'] !== node)
      continue;
    uses.set(name, (uses.get(name) ?? 0) + 1);
    if (isDeclared(node, parents)) declared.add(name);
  }
  return { declared, uses };
}

function isDeclared(node: Node, [parent, ...others]: readonly Node[]): boolean {
  const parameters = (parent?.['params'] ?? parent?.['parameters'] ?? []) as readonly Node[];
  if (Array.isArray(parameters) && parameters.includes(node)) return true;
  switch (parent?.type) {
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
      return parent['local'] === node;
    case 'VariableDeclarator':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return parent['id'] === node;
    case 'AssignmentPattern':
      return parent['left'] === node;
    case 'ObjectProperty':
      return others[0]?.type === 'ObjectPattern' && parent['value'] === node;
    default:
      return false;
  }
}

/** Cuts the members that some nodes are in, with the comments before them. */
function cut(text: string, goes: (found: Found) => boolean): string {
  const members = nodesOf(text)
    .filter(goes)
    .map(({ node, parents }) => memberOf(node, parents));
  const outer = [...new Set(members)].filter(
    (one) => !members.some((other) => other !== one && other.start <= one.start && one.end <= other.end),
  );
  return outer
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, leadingComments }) => without(all, leadingComments?.[0]?.start ?? start, end), text);
}

/** What a node is a part of and goes with it; what would be left empty goes as a whole. */
function memberOf(node: Node, [parent, ...others]: readonly Node[]): Node {
  if (parent === undefined || parent.type === 'Program') return node;
  const field = MEMBERS[parent.type];
  const siblings = field === undefined ? [] : (parent[field] as readonly Node[]);
  const isMember = siblings.includes(node);
  const staysEmpty = parent.type === 'ObjectExpression' || parent.type === 'ClassBody';
  return isMember && (siblings.length > 1 || staysEmpty) ? node : memberOf(parent, others);
}
