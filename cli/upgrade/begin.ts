import type { Git } from '../git.ts';
import { conflictsOf } from '../merge/steps.ts';
import { TRAILER, type Version } from './versions.ts';

/** Two trees: the one that the fork has taken before, and the one that it is to have. */
export interface Step {
  readonly from: string;
  readonly to: string;
}

/**
 * Begins a merge of a version of upstream, which changes what two trees differ in, and leaves it to be committed. The commit will have the
 * version as a parent, so that Git knows what the fork has taken.
 *
 * @returns the paths that Git cannot merge
 */
export function beginUpgrade(git: Git, version: Version, { from, to }: Step): string[] {
  const message = `Merge ${version.name} (${git.short(version.commit)}), initialised as this fork is\n\n${TRAILER}: ${version.commit}\n`;
  const what = `${version.name} cannot be merged`;
  const commit = (tree: string, ...parents: readonly string[]): string =>
    git
      .run(['commit-tree', tree, ...parents, '-m', message], what)
      .toString()
      .trim();
  const change = commit(to, '-p', commit(from));
  git.run(
    ['merge', '--strategy=ours', '--no-commit', '--no-ff', '--allow-unrelated-histories', '--quiet', version.commit],
    what,
  );
  // Its message is that of the merge, too.
  return conflictsOf(git, ['cherry-pick', '--no-commit', '--allow-empty', change], what);
}
