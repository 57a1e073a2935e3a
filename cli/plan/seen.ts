import { ROOT } from '../../charts/lib/argo.ts';
import { normaliserOf } from '../../charts/plan/group.ts';
import type { Entry, Seen } from '../../charts/plan/model.ts';
import { hasAlready, kindOf, type OwnSnapshot } from '../../charts/plan/seen.ts';
import { APPLICATIONS } from '../../charts/plan/snapshot.ts';
import type { Ring } from '../../charts/rings.ts';
import type { FleetTrees, Tree } from './trees.ts';

/** A ring, as far as the plan has to do with it. */
export type NamedRing = Pick<Ring, 'name' | 'clusters'>;

/** The time of the last change of a component's folder before this change; undefined if that is not known. */
export type LastChange = (cluster: string, folder: string) => Date | undefined;

/** Entries with whether the ring before theirs has already what they bring. */
export function withSeen(
  entries: readonly Entry[],
  rings: readonly NamedRing[],
  trees: FleetTrees,
  lastChange: LastChange,
): Entry[] {
  const kinds = new Set(['Application', ...entries.map(({ object }) => kindOf(object))]);
  const snapshots = { before: remembered(trees, 'before', kinds), after: remembered(trees, 'after', kinds) };
  const since = once(lastChange);
  return entries.map((entry) => {
    const seen = entry.verdict === 'same' ? undefined : seenOf(entry, rings, snapshots, since);
    return seen ? { ...entry, seen } : entry;
  });
}

/** A cluster's folder in one of the two trees. */
type Snapshots = Readonly<Record<Tree, (cluster: string) => OwnSnapshot>>;

/** Undefined if all clusters of the entry are in the first ring, or in none. */
function seenOf(
  entry: Entry,
  rings: readonly NamedRing[],
  snapshots: Snapshots,
  lastChange: LastChange,
): Seen | undefined {
  const later = rings.findIndex(({ clusters }, i) => i > 0 && clusters.some((name) => entry.clusters.includes(name)));
  const [before, ring] = [rings[later - 1], rings[later]];
  if (!before || !ring) return undefined;
  const here = snapshots.after(entry.clusters.find((name) => ring.clusters.includes(name)) ?? '');
  const cluster = before.clusters.find((name) => hasAlready(entry, here, snapshots.before(name)));
  if (cluster === undefined) return { ring: before.name };
  const since = lastChange(cluster, entry.application === ROOT ? APPLICATIONS : entry.application);
  return { ring: before.name, cluster, ...(since && { since: since.toISOString() }) };
}

function remembered(trees: FleetTrees, tree: Tree, kinds: ReadonlySet<string>): (cluster: string) => OwnSnapshot {
  return once((cluster: string) => {
    const [own = { cluster, values: {} }] = trees.owns([cluster]);
    return { normalise: normaliserOf(own), snapshot: trees.snapshot(tree, cluster, kinds) };
  });
}

function once<Args extends readonly string[], T>(find: (...args: Args) => T): (...args: Args) => T {
  const known = new Map<string, T>();
  return (...args) => {
    const key = args.join('/');
    if (!known.has(key)) known.set(key, find(...args));
    return known.get(key) as T;
  };
}
