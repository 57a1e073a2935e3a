import type { Found, Node } from './tree.ts';

/** Fields with an identifier that is neither declared nor used there. */
const LABELS: Readonly<Record<string, string>> = {
  ExportSpecifier: 'exported',
  ImportSpecifier: 'imported',
  MemberExpression: 'property',
  OptionalMemberExpression: 'property',
  PrivateName: 'id',
  TSNamedTupleMember: 'label',
  TSQualifiedName: 'right',
};

/** Declarations that are known by their name around them. */
export const NAMED = /^(?:Function|Class|TSInterface|TSTypeAlias)Declaration$|^VariableDeclarator$/;
const BLOCK = /^(?:Program|BlockStatement|StaticBlock|For\w*Statement|SwitchStatement|TSModuleBlock)$/;

/** The name that a node declares or uses; undefined if it is of another kind, or such as the key of a property. */
export function nameOf({ node, parents: [parent] }: Found): string | undefined {
  if (node.type === 'TSTypeParameter') return node['name'] as string;
  if (isMember(node)) return `this.${(node['key'] as Node)['name'] as string}`;
  if (isThis(node)) return `this.${memberNameOf(node)}`;
  return node.type === 'Identifier' && parent && !isLabel(node, parent) ? (node['name'] as string) : undefined;
}

function isLabel(node: Node, parent: Node): boolean {
  const isOf = (field: string): boolean => parent[field] === node && parent['computed'] !== true;
  // A shorthand property has one name in two nodes.
  return isOf('key') || isOf(LABELS[parent.type] ?? '') || (parent['source'] ?? null) !== null;
}

/** True for a property or a method of a class. */
export function isMember({ type, ...fields }: Node): boolean {
  return /^Class(?:Property|Method)$/.test(type) && fields['computed'] !== true && 'name' in (fields['key'] as Node);
}

function isThis(node: Node): boolean {
  return memberNameOf(node) !== undefined && (node['object'] as Node).type === 'ThisExpression';
}

/** `b` of `a.b`. */
export function memberNameOf({ type, ...fields }: Node): string | undefined {
  const isAccess = /^(?:Optional)?MemberExpression$/.test(type) && fields['computed'] !== true;
  return isAccess ? ((fields['property'] as Node)['name'] as string | undefined) : undefined;
}

/**
 * The class in which a node declares a member; undefined where it uses one. A property without a value is used by its declaration, and
 * declared by what assigns it: both go with the last assignment.
 */
function memberScopeOf({ node, parents }: Found): Node | undefined {
  const [parent] = parents;
  const body = parents.find((one) => one.type === 'ClassBody');
  const isOwn = ((body?.['body'] ?? []) as readonly Node[]).some(
    (one) => isMember(one) && nameOf({ node: one, parents: [] }) === nameOf({ node, parents }),
  );
  const isAssigned = isOwn && parent?.type === 'AssignmentExpression' && parent['left'] === node;
  const needsNone =
    node.type === 'ClassMethod' ||
    (node['value'] ?? null) !== null ||
    ['optional', 'definite', 'declare', 'abstract', 'static'].some((one) => node[one] === true) ||
    mayBeUndefined(node);
  return isAssigned || (isMember(node) && needsNone) ? body : undefined;
}

/** True for a variable that gets its value later. */
export function isUnset({ node, parents: [parent, , loop] }: Found): boolean {
  const isVariable = parent?.type === 'VariableDeclarator' && parent['id'] === node && parent['init'] === null;
  return isVariable && loop?.type.startsWith('For') !== true && !mayBeUndefined(node);
}

function mayBeUndefined(node: Node): boolean {
  const type = (node['typeAnnotation'] as Node | undefined)?.['typeAnnotation'] as Node | undefined;
  const types = (type?.['types'] ?? [type]) as readonly (Node | undefined)[];
  return types.some((one) => one?.type === 'TSUndefinedKeyword');
}

/** The node in which another one declares a name; undefined where it uses it. */
export function scopeOf(found: Found): Node | undefined {
  const {
    node,
    parents: [parent, ...others],
  } = found;
  if (isMember(node) || isThis(node)) return memberScopeOf(found);
  if (node.type === 'TSTypeParameter')
    return [parent, ...others].find((one) => one?.type !== 'TSTypeParameterDeclaration' && one?.type !== 'TSInferType');
  if (parent === undefined) return undefined;
  if (['params', 'parameters', 'param'].some((field) => [parent[field]].flat().includes(node)))
    return parent.type.startsWith('TSTypeParameter') ? undefined : parent;
  if (/^Import\w*Specifier$/.test(parent.type)) return others.at(-1);
  if (NAMED.test(parent.type) && parent['id'] === node) return others.find(({ type }) => BLOCK.test(type));
  const isPattern =
    /^(?:Array|Object)Pattern$|^RestElement$/.test(parent.type) ||
    (parent.type === 'AssignmentPattern' && parent['left'] === node) ||
    (parent.type === 'ObjectProperty' && others[0]?.type === 'ObjectPattern' && parent['value'] === node);
  return isPattern ? scopeOf({ node: parent, parents: others }) : undefined;
}
