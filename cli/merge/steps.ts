import { Fault } from '../../charts/fault.ts';
import type { Git } from '../git.ts';

const INDEX = 'the index cannot be read';
const CONFLICT = 'a conflict cannot be resolved';

/** Begins a merge, and leaves it to be committed. @returns the paths that Git cannot merge @throws Fault if it does not begin */
export function begin(git: Git, commit: string, name: string): string[] {
  try {
    git.run(['merge', '--no-commit', '--no-ff', '--quiet', commit], `${name} cannot be merged`);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const unmerged = paths(git.run(['diff', '--name-only', '--relative', '--diff-filter=U', '-z'], INDEX));
    if (unmerged.length > 0) return unmerged;
    throw error;
  }
}

/** Of paths that cannot be merged, takes what the other side has, or removes what it has not. */
export function takeOther(git: Git, conflicts: readonly string[]): void {
  if (conflicts.length === 0) return;
  // `MODE SP SHA SP STAGE TAB PATH`; stage 3 is the other side.
  const stages = paths(git.run(['ls-files', '--unmerged', '-z', '--', ...conflicts], INDEX));
  const theirs = new Set(stages.filter((line) => line.includes(' 3\t')).map((line) => line.split('\t')[1]));
  const [there, gone] = [true, false].map((has) => conflicts.filter((path) => theirs.has(path) === has));
  if (there && there.length > 0) {
    git.run(['checkout', '--theirs', '--quiet', '--', ...there], CONFLICT);
    git.run(['add', '--', ...there], CONFLICT);
  }
  if (gone && gone.length > 0) git.run(['rm', '--quiet', '-f', '--', ...gone], CONFLICT);
}

/** Commits a merge that has begun, with a folder as it is in the working tree. */
export function finish(git: Git, folder: string): void {
  git.run(['add', '--all', '--', folder], 'the change cannot be added to the index');
  const what = 'the merge is made, but was not committed';
  git.run(['commit', '--quiet', '--no-edit'], what, 'put right what Git says, then commit it yourself');
}

function paths(output: Buffer): string[] {
  return output.toString().split('\0').filter(Boolean);
}
