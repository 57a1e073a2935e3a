import { isMember, memberNameOf, nameOf, NAMED, scopeOf, isUnset } from './scopes.ts';
import type { Found, Node } from './tree.ts';

/** A name where it is declared or used. A member that code has by `this` is named so: `this.clock`. */
export interface Named {
  readonly name: string;
  readonly found: Found;
}

/** What a module's names refer to. */
export interface Names {
  /** Uses of what the module does not declare where it is used. */
  readonly free: readonly Named[];
  /** Declarations that a type checker refuses, since nothing uses them. */
  readonly idle: readonly Named[];
  /** What other modules can import. */
  readonly exported: ReadonlySet<string>;
}

export function namesIn(all: readonly Found[]): Names {
  const scopes = new Map<Node, Map<string, Found[]>>();
  const uses: Named[] = [];
  const assigned = new Set(
    all.flatMap(({ node }) => (node.type === 'AssignmentExpression' ? (node['left'] as Node)['name'] : [])),
  );
  for (const found of all) {
    const name = nameOf(found);
    if (name === undefined) continue;
    const scope = isUnset(found) && !assigned.has(name) ? undefined : scopeOf(found);
    if (scope === undefined) uses.push({ name, found });
    else {
      const names = scopes.get(scope) ?? new Map<string, Found[]>();
      scopes.set(scope, names.set(name, [...(names.get(name) ?? []), found]));
    }
  }
  const used = new Set<Found>();
  const free = uses.filter(({ name, found: { parents } }) => {
    const scope = parents.find((one) => scopes.get(one)?.has(name));
    const declarations = scope && scopes.get(scope)?.get(name);
    declarations?.forEach((one) => used.add(one));
    return declarations === undefined;
  });
  const members = new Set(all.flatMap(({ node }) => memberNameOf(node) ?? []));
  const declared = [...scopes.values()].flatMap((names) =>
    [...names].flatMap(([name, found]) => found.map((one) => ({ name, found: one }))),
  );
  return {
    free,
    idle: declared.filter(({ found }) => !used.has(found) && mustBeUsed(found, members)),
    exported: new Set(all.flatMap(exportsOf)),
  };
}

/** True for the name of a parameter of code. */
export function isParameter({ node, parents: [parent] }: Found): boolean {
  return parent?.['body'] !== undefined && ((parent['params'] ?? []) as readonly Node[]).includes(node);
}

/** True if a type checker asks for a use: of imports, local declarations, parameters, destructured names and private members. */
function mustBeUsed({ node, parents: [parent, ...others] }: Found, members: ReadonlySet<string>): boolean {
  if (isMember(node))
    return node['accessibility'] === 'private' && !members.has((node['key'] as Node)['name'] as string);
  if (parent === undefined || node.type !== 'Identifier') return false;
  const outer = parent.type === 'AssignmentPattern' ? others : [parent, ...others];
  const [first, second] = outer;
  if (isParameter({ node, parents: [parent] })) return !(node['name'] as string).startsWith('_');
  // What the others are is told by what is taken out.
  if (first?.type === 'ObjectProperty')
    return (
      second?.type === 'ObjectPattern' &&
      !(second['properties'] as readonly Node[]).some((one) => one.type === 'RestElement')
    );
  const isExported = outer
    .slice(0, 3)
    .some(({ type }) => type === 'ExportNamedDeclaration' || type === 'ExportDefaultDeclaration');
  const isNamed = NAMED.test(parent.type) && others[1]?.type.startsWith('For') !== true;
  return /^Import\w*Specifier$/.test(parent.type) || (isNamed && !isExported);
}

function exportsOf({ node, parents: [parent, ...others] }: Found): string[] {
  const name = node['name'] as string;
  if (node.type === 'ExportDefaultDeclaration') return ['default'];
  if (node.type !== 'Identifier' || parent === undefined) return [];
  if (parent.type === 'ExportSpecifier') return parent['exported'] === node ? [name] : [];
  const declaration = parent.type === 'VariableDeclarator' ? others[1] : others[0];
  return NAMED.test(parent.type) && parent['id'] === node && declaration?.type === 'ExportNamedDeclaration'
    ? [name]
    : [];
}
