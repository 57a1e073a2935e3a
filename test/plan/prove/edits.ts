import type { Manifest } from '../../../charts/lib/manifest.ts';
import { additionsTo } from './additions.ts';
import type { Edit } from './edit.ts';
import { shuffled } from './random.ts';
import { edited, type Node, nodesOf, patternOf } from './tree.ts';
import { isLeaf, othersOf } from './values.ts';

/** What an object is known by: with another, the edit would be a removal and a creation. */
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata', 'metadata.name', 'metadata.namespace']);

/**
 * Every edit of an object: each leaf with other values, each field and item left out, each list reversed, and the fields
 * that its kind takes too.
 */
export function editsOf(before: Manifest): Edit[] {
  const nodes = nodesOf(before).filter(({ path }) => !IDENTITY.has(patternOf(path)));
  return [
    ...nodes.filter(({ value }) => isLeaf(value)).flatMap((node) => changes(before, node)),
    ...nodes.map(({ path }) => ({ before, after: edited(before, path, undefined), what: `remove ${patternOf(path)}` })),
    ...nodes.flatMap((node) => reversed(before, node)),
    ...additionsTo(before).map(({ path, value }) => ({
      before,
      after: edited(before, path, value),
      what: `add ${patternOf(path)}`,
    })),
  ];
}

function changes(before: Manifest, { path, value }: Node): Edit[] {
  return othersOf(path, value).map((other, i) => ({
    before,
    after: edited(before, path, other),
    what: `change ${patternOf(path)} (${i + 1})`,
  }));
}

function reversed(before: Manifest, { path, value }: Node): Edit[] {
  if (!Array.isArray(value) || value.length < 2) return [];
  const pattern = patternOf(path);
  return [{ before, after: edited(before, path, value.toReversed()), what: `reverse ${pattern}`, reordered: pattern }];
}

/**
 * As many edits as asked, or all if there are fewer: in turn one of each kind, and those first that are like no other of
 * their kind.
 */
export function chosen(edits: readonly Edit[], count: number, random: () => number): Edit[] {
  const kinds = new Map<string, Edit[]>();
  for (const edit of shuffled(edits, random)) {
    const { kind } = edit.before;
    if (!kinds.get(kind)?.push(edit)) kinds.set(kind, [edit]);
  }
  const queues = [...kinds.values()].map((queue) => firstOfTheirSort(queue));
  const longest = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => queues.flatMap((queue) => queue.slice(i, i + 1)))
    .flat()
    .slice(0, count);
}

function firstOfTheirSort(edits: readonly Edit[]): Edit[] {
  const seen = new Set<string>();
  const isNew = ({ what }: Edit): boolean => !seen.has(what) && Boolean(seen.add(what));
  const [first, others]: [Edit[], Edit[]] = [[], []];
  for (const edit of edits) (isNew(edit) ? first : others).push(edit);
  return [...first, ...others];
}
