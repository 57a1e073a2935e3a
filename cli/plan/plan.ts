import { relative } from 'node:path';
import { ACCEPTED_FILE, AcceptedDangers } from '../../charts/plan/accepted.ts';
import { todayInUtc } from '../../charts/lib/answered.ts';
import { compareTrees, inOrder } from '../../charts/plan/compare.ts';
import { Groups } from '../../charts/plan/group.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { type AcceptedLine, unneededOf } from '../../charts/plan/unneeded.ts';
import type { Workspace } from '../synth.ts';
import { Git } from '../git.ts';
import { select } from '../unknown.ts';
import { acceptedLines } from './accepted-lines.ts';
import { type LastChange, type NamedRing, withSeen } from './seen.ts';
import { FleetTrees } from './trees.ts';

/** How the message on an unknown cluster begins. */
export const NO_CLUSTER = 'dist has no cluster';

/** What is compared. */
export interface Compared {
  /** @default the revision that clusters sync from, as the remote `origin` has it */
  readonly base?: string;
  /** @default the working tree */
  readonly head?: string;
  /** Rings, to say what the ring before has already. @default none */
  readonly rings?: readonly NamedRing[];
  /** Accepted dangers run out after this day. @default today, as `2026-12-31` */
  readonly today?: string;
}

/** What this change of dist will do to the clusters: read from two trees in Git alone. */
export function planOf(workspace: Workspace, names: readonly string[], options: Compared): Plan {
  const { root, dist, repository } = workspace;
  const git = Git.open(root);
  const folders = [relative(root, dist), 'clusters'];
  const tip = git.commit(options.head ?? 'HEAD');
  const base = git.mergeBase(git.commit(options.base ?? `origin/${repository.revision}`), tip);
  const lastChange: LastChange = (cluster, folder) =>
    git.isShallow() ? undefined : git.lastChange(base, [`${folders[0]}/${cluster}/${folder}`])?.time;
  const compare = (of: Git, tree: string): Plan => {
    const trees = new FleetTrees(of, folders[0]!, base, tree);
    const found = planOfTrees(trees, names, options);
    return { ...found, entries: withSeen(found.entries, options.rings ?? [], trees, lastChange) };
  };
  const plan = options.head === undefined ? git.withWorkingTree(folders, compare) : compare(git, tip);
  return { ...plan, base: git.short(base), head: options.head === undefined ? 'working tree' : git.short(tip) };
}

/** What differs between two trees; the caller names them in `base` and `head`. */
export function planOfTrees(
  trees: FleetTrees,
  names: readonly string[],
  { today = todayInUtc() }: Pick<Compared, 'today'> = {},
): Plan {
  const known = trees.names();
  const clusters = select(NO_CLUSTER, known, names);
  const lines = acceptedLines(...trees.textsOf(ACCEPTED_FILE), known);
  const dangers = new AcceptedDangers(
    lines.map(({ accepted }) => accepted),
    today,
  );
  const groups = new Groups();
  const changed: string[] = [];
  const noise = { objects: 0, fields: 0 };
  for (const cluster of trees.changed(clusters)) {
    const own = compareTrees(cluster);
    groups.add(dangers.accept(own.entries));
    changed.push(cluster.name);
    noise.objects += own.noise.objects;
    noise.fields += own.noise.fields;
  }
  const entries = groups.entries(trees.owns(changed)).toSorted(inOrder);
  const unneeded = judged(lines, known, clusters).filter(({ accepted }) => !dangers.isNeeded(accepted));
  return {
    version: 1,
    base: '',
    head: '',
    clusters,
    entries,
    unneeded: unneededOf(unneeded, entries, today),
    noise,
  };
}

/** The lines of which all clusters are compared; of others, the rest of the fleet may need them. */
function judged(lines: readonly AcceptedLine[], known: readonly string[], selected: readonly string[]): AcceptedLine[] {
  const others = new Set(known.filter((name) => !selected.includes(name)));
  return lines.filter(({ accepted: { clusters = known } }) => !clusters.some((name) => others.has(name)));
}
