import { relative } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { todayInUtc } from '../../charts/lib/answered.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { updateDist } from '../dist.ts';
import type { FileTexts, Git } from '../git.ts';
import { planOfTrees } from '../plan/plan.ts';
import { FleetTrees } from '../plan/trees.ts';
import { changesOf, type Workspace } from '../synth.ts';
import { type Rendered, writeFiles } from './rendered.ts';

/** @throws Fault if a commit would take other changes along, be on no branch, or end a merge */
export function refuseUnready(git: Git, { root, dist }: Workspace): void {
  const [first, ...others] = git.uncommitted(['clusters', relative(root, dist)]);
  if (first !== undefined)
    throw new Fault({
      what: 'there are changes in clusters/ or dist/ that are not committed',
      where: root,
      seen: `${first.trim()}${others.length > 0 ? `, and ${others.length} more` : ''}`,
      fix: 'commit or stash them first: the commit is to have this change alone',
    });
  refuseDetached(git, root);
  const unfinished = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'].find((name) => git.has(name));
  if (unfinished !== undefined)
    throw new Fault({
      what: 'a merge, cherry-pick or revert is not finished: Git would not commit this change alone',
      where: root,
      seen: unfinished,
      fix: 'finish it, or give it up (git merge --abort)',
    });
}

/** @throws Fault if no branch is checked out */
export function refuseDetached(git: Git, root: string): void {
  if (git.branch() !== undefined) return;
  throw new Fault({
    what: 'HEAD is detached: no branch would have the commit',
    where: root,
    fix: 'check out a branch: git switch --create BRANCH',
  });
}

/** What a change of files will do to clusters, from HEAD with some other texts, if there are any. */
export function planOfTexts(
  git: Git,
  { root, dist }: Workspace,
  clusters: readonly string[],
  after: FileTexts,
  before: FileTexts = new Map(),
  today = todayInUtc(),
): Plan {
  const head = git.commit('HEAD');
  return git.withTrees(head, [before, after], (of, [base = '', tree = '']) => ({
    ...planOfTrees(new FleetTrees(of, relative(root, dist), base, tree), clusters, { today }),
    base: git.short(head),
    head: 'this change',
  }));
}

/**
 * Writes a change and commits it: all of dist first, or nothing.
 *
 * @param sources texts of files in `clusters/`
 * @returns what was done
 */
export async function commitChange(
  git: Git,
  workspace: Workspace,
  { prepared, files }: Rendered,
  sources: FileTexts,
  message: string,
): Promise<string> {
  await updateDist(workspace.dist, prepared.wanted, () => changesOf(workspace, prepared));
  writeFiles(workspace.root, sources);
  const commit = git.commitPaths(message, [...sources.keys(), ...files.keys()]);
  return `Committed ${git.short(commit)} on ${git.branch()}: push it, and open a pull request`;
}
