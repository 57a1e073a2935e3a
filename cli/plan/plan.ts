import { relative } from 'node:path';
import { Fault, suggest, throwIfAny } from '../../charts/fault.ts';
import { ACCEPTED_FILE, accept, type Accepted, acceptedSchema } from '../../charts/plan/accepted.ts';
import { compareTrees, inOrder } from '../../charts/plan/compare.ts';
import { Groups } from '../../charts/plan/group.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { check, parseJson } from '../check.ts';
import { RULES } from '../../charts/plan/rules/index.ts';
import { VERDICT_RULES } from '../../charts/plan/verdict-rules.ts';
import type { Workspace } from '../synth.ts';
import { Git } from './git.ts';
import { FleetTrees } from './trees.ts';

const RULE_IDS = [...VERDICT_RULES, ...RULES].map(({ id }) => id);

/** What is compared. */
export interface Compared {
  /** @default the revision that clusters sync from, as the remote `origin` has it */
  readonly base?: string;
  /** @default the working tree */
  readonly head?: string;
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
  const compare = (of: Git, tree: string): Plan =>
    compared(new FleetTrees(of, folders[0]!, base, tree), names, options);
  const plan = options.head === undefined ? git.withWorkingTree(folders, compare) : compare(git, tip);
  return { ...plan, base: git.short(base), head: options.head === undefined ? 'working tree' : git.short(tip) };
}

function compared(trees: FleetTrees, names: readonly string[], { today = todayInUtc() }: Compared): Plan {
  const clusters = chosen(trees.names(), names);
  const accepted = acceptedIn(trees.textOf(ACCEPTED_FILE));
  const groups = new Groups();
  const changed: string[] = [];
  const noise = { objects: 0, fields: 0 };
  for (const cluster of trees.changed(clusters)) {
    const own = compareTrees(cluster);
    groups.add(accept(own.entries, accepted, today));
    changed.push(cluster.name);
    noise.objects += own.noise.objects;
    noise.fields += own.noise.fields;
  }
  return {
    version: 1,
    base: '',
    head: '',
    clusters,
    entries: groups.entries(trees.owns(changed)).toSorted(inOrder),
    noise,
  };
}

/** Those of the known clusters that are named; all if none is. @throws Fault for one that is unknown */
export function chosen(known: readonly string[], names: readonly string[]): string[] {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Fault({
      what: `dist has no cluster "${unknown}"`,
      where: 'the command line',
      seen: unknown,
      fix: suggest(unknown, known),
    });
  return names.length > 0 ? known.filter((name) => names.includes(name)) : [...known];
}

function acceptedIn(text: string | undefined): Accepted[] {
  if (text === undefined) return [];
  const { value, at } = parseJson(text, ACCEPTED_FILE);
  const accepted = check(acceptedSchema, value, at);
  throwIfAny(
    accepted.flatMap(({ rule }, i) =>
      RULE_IDS.includes(rule)
        ? []
        : [{ what: `there is no rule "${rule}"`, ...at([i, 'rule']), seen: rule, fix: suggest(rule, RULE_IDS) }],
    ),
  );
  return accepted;
}

function todayInUtc(): string {
  return new Date().toISOString().slice(0, 10);
}
