import { relative } from 'node:path';
import { grouped } from '../../charts/lib/grouped.ts';
import type { FileTexts, Git, Landing } from '../git.ts';
import { componentOf } from '../pin-files.ts';
import type { Workspace } from '../synth.ts';
import type { Proposal } from './proposals.ts';

/** Since when a ring has run a version without a change. */
export interface Soaked {
  readonly since: Date;
  /** The commit that changed it last. */
  readonly commit: string;
  readonly seconds: number;
}

/** What is not as the branch that clusters sync from has it. */
export interface Unmerged {
  /** That branch. */
  readonly unmerged: string;
  /** A file that differs. */
  readonly file: string;
}

/** Undefined for what no cluster of the ring renders. */
export type Soak = Soaked | Unmerged | undefined;

/**
 * How long every cluster of a ring has rendered the files that the versions are in as they are now: from the last commit of
 * the branch that clusters sync from which changed one of them.
 *
 * @param files of the ring's clusters that would differ without the versions; paths from the repository's root
 */
export function soaks(
  git: Git,
  { root, dist, repository }: Workspace,
  proposals: readonly Proposal[],
  files: FileTexts,
  now: Date,
): ReadonlyMap<string, Soak> {
  const tip = mainlineOf(git, { repository });
  const folder = `${relative(root, dist)}/`;
  const components = proposals.map(({ promotion }) => promotion.component);
  const byComponent = grouped(files.keys(), (file) =>
    componentOf(file.slice(file.indexOf('/', folder.length) + 1), components),
  );
  const found = new Map<string, Soak>();
  for (const { promotion, from } of proposals) {
    const own = byComponent.get(promotion.component);
    if (own === undefined) continue;
    found.set(promotion.component, soakOf(git, tip, [from.file, ...own], now));
  }
  return found;
}

/** The branch that clusters sync from, as far as this clone knows it. */
export function mainlineOf(git: Git, { repository }: Pick<Workspace, 'repository'>): string {
  return [`origin/${repository.revision}`, repository.revision, 'HEAD'].find((name) => git.has(name)) ?? 'HEAD';
}

/** Since when a branch has had some files as HEAD has them. */
export function soakOf(git: Git, tip: string, paths: readonly string[], now: Date): Soak {
  const [unmerged] = git.changes(tip, 'HEAD', paths);
  const landing = unmerged === undefined ? git.lastChange(tip, paths) : undefined;
  return landing === undefined ? { unmerged: tip, file: unmerged?.path ?? paths[0] ?? '' } : soaked(landing, now);
}

function soaked({ time, commit }: Landing, now: Date): Soaked {
  // The clock of who committed it may be ahead.
  return { since: time, commit, seconds: Math.max(0, (now.getTime() - time.getTime()) / 1000) };
}
