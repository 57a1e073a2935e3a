import { Fault } from '../../charts/fault.ts';
import type { Git } from '../git.ts';

const INDEX = 'the index cannot be read';
const CONFLICT = 'a conflict cannot be resolved';

/** Begins a merge, and leaves it to be committed. @returns the paths that Git cannot merge @throws Fault if it does not begin */
export function begin(git: Git, commit: string, name: string): string[] {
  return conflictsOf(git, ['merge', '--no-commit', '--no-ff', '--quiet', commit], `${name} cannot be merged`);
}

/** Runs a command of Git that merges. @returns the paths that it cannot merge @throws Fault if it fails without any */
export function conflictsOf(git: Git, args: readonly string[], what: string): string[] {
  try {
    git.run(args, what);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const unmerged = paths(git.run(['diff', '--name-only', '--relative', '--diff-filter=U', '-z'], INDEX));
    if (unmerged.length > 0) return unmerged;
    throw error;
  }
}

/** The sides of a conflict: the branch that is checked out, and what is merged into it. */
const SIDES = {
  // `MODE SP SHA SP STAGE TAB PATH`.
  own: { stage: ' 2\t', checkout: '--ours' },
  other: { stage: ' 3\t', checkout: '--theirs' },
} as const;

/** Of paths that cannot be merged, takes what one side has, or removes what it has not. */
export function take(side: keyof typeof SIDES, git: Git, conflicts: readonly string[]): void {
  if (conflicts.length === 0) return;
  const { stage, checkout } = SIDES[side];
  const stages = paths(git.run(['ls-files', '--unmerged', '-z', '--', ...conflicts], INDEX));
  const has = new Set(stages.filter((line) => line.includes(stage)).map((line) => line.split('\t')[1]));
  const [there, gone] = [true, false].map((is) => conflicts.filter((path) => has.has(path) === is));
  if (there && there.length > 0) {
    git.run(['checkout', checkout, '--quiet', '--', ...there], CONFLICT);
    git.run(['add', '--', ...there], CONFLICT);
  }
  if (gone && gone.length > 0) git.run(['rm', '--quiet', '-f', '--', ...gone], CONFLICT);
}

/** Commits a merge that has begun, with folders as they are in the working tree. */
export function finish(git: Git, folders: readonly string[]): void {
  git.run(['add', '--all', '--', ...folders], 'the change cannot be added to the index');
  const what = 'the merge is made, but was not committed';
  git.run(['commit', '--quiet', '--no-edit'], what, 'put right what Git says, then commit it yourself');
}

function paths(output: Buffer): string[] {
  return output.toString().split('\0').filter(Boolean);
}
