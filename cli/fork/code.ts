import { posix } from 'node:path';
import { cut } from './cut.ts';
import { isParameter, type Named, type Names, namesIn } from './names.ts';
import { type Found, type Node, nodesOf } from './tree.ts';

/** What goes from the code of others with a folder. */
export interface Gone {
  /** The folder, from the repository's root. */
  readonly folder: string;
  /** Settings that go with it: `settings.postfacto`, and `'postfacto'` in lists of them. */
  readonly settings: readonly string[];
  /** Names that modules exported before others lost what they need, by file. */
  readonly exports?: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * A module without what it imports from a folder, and without each statement, element and property that uses that; then without what
 * uses a name that these declared, and without what nothing uses any more.
 *
 * @param file its path from the repository's root
 * @returns the text as it is if it uses nothing of that; empty if nothing is left
 */
export function withoutUses(text: string, file: string, gone: Gone): string {
  // Most modules say nothing of it, and are not parsed.
  const files = [...(gone.exports?.keys() ?? [])].map((one) => posix.basename(one));
  const words = [`${posix.basename(gone.folder)}/`, ...gone.settings, ...files];
  if (!words.some((word) => text.includes(word))) return text;
  const all = nodesOf(text);
  const first = all.filter((found) => isImported(found, file, gone) || namesSetting(found, gone.settings));
  return first.length === 0 ? text : settled(cut(text, first), namesIn(all));
}

/** The names that a module does not export any more. */
export function lostExports(before: string, after: string): string[] {
  const left = namesIn(nodesOf(after)).exported;
  return [...namesIn(nodesOf(before)).exported].filter((name) => !left.has(name));
}

/** Cuts until no name is used that is not declared any more, and none is declared that is not used any more. */
function settled(text: string, before: Names): string {
  const now = namesIn(nodesOf(text));
  const lost = unlike(now.free, before.free);
  const idle = unlike(now.idle, before.idle);
  // What is idle may have to go with what is lost, as a whole.
  const [parameters, others] = [idle.filter(isParameter), idle.filter((one) => !isParameter(one))];
  const isCut = lost.length + others.length > 0;
  const after = isCut ? cut(text, lost.length > 0 ? lost : others) : renamed(text, parameters);
  return after === text ? text : settled(after, before);
}

function unlike(some: readonly Named[], others: readonly Named[]): Found[] {
  const names = new Set(others.map(({ name }) => name));
  return some.filter(({ name }) => !names.has(name)).map(({ found }) => found);
}

/** The path of an import from the folder, or a name that its module does not export any more. */
function isImported({ node, parents: [parent] }: Found, file: string, { folder, exports }: Gone): boolean {
  const pathOf = (source: unknown): string => posix.join(posix.dirname(file), (source as Node)['value'] as string);
  if (node.type === 'StringLiteral') return parent?.['source'] === node && pathOf(node).startsWith(`${folder}/`);
  if (!/^(?:Import|Export)Specifier$/.test(node.type) || !parent?.['source']) return false;
  const name = (node['imported'] ?? node['local']) as Node;
  return exports?.get(pathOf(parent['source']))?.has(name['name'] as string) === true;
}

function namesSetting({ node, parents: [parent] }: Found, settings: readonly string[]): boolean {
  if (node.type === 'StringLiteral')
    return parent?.type === 'ArrayExpression' && settings.includes(node['value'] as string);
  if (node.type !== 'MemberExpression') return false;
  const [object, property] = [node['object'], node['property']] as [Node, Node];
  return object['name'] === 'settings' && settings.includes(property['name'] as string);
}

/** Says of parameters that nothing uses them; their places are those of others' arguments. */
function renamed(text: string, found: readonly Found[]): string {
  const starts = found.map(({ node }) => node.start).toSorted((a, b) => b - a);
  return starts.reduce((all, start) => `${all.slice(0, start)}_${all.slice(start)}`, text);
}
