import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { refuseDetached } from '../commits/commit.ts';
import { Git } from '../git.ts';
import { countOf, type Workspace } from '../synth.ts';
import { begin, finish, take } from './steps.ts';

const GO_ON = 'npm run synth && git add --all && git commit; or give it up: git merge --abort';

/** Options of `slipway merge`. */
export interface MergeOptions {
  /** The branch or commit. @default the revision that clusters sync from, as origin has it */
  readonly from?: string;
  /** Prints warnings alone. */
  readonly quiet?: boolean;
  /** Renders by the merged code, which is not the one that runs. @default in a process of its own */
  readonly render?: () => Promise<string>;
}

/**
 * `slipway merge`: merges another branch into the checked out one. Sources are merged by Git; of dist, what Git cannot merge is
 * rendered from them: two changes of one rendered list, such as the clients of a database, are no conflict.
 *
 * @throws Fault with the sources that Git cannot merge, or that do not render together; the merge then waits for a commit
 */
export async function merge(workspace: Workspace, { from, quiet = false, render }: MergeOptions): Promise<string> {
  const { root, dist, repository } = workspace;
  const git = Git.open(root);
  const folder = relative(root, dist);
  const ref = from ?? `origin/${repository.revision}`;
  const other = git.commit(ref);
  refuseUnready(git, root);
  if (git.mergeBase(other, 'HEAD') === other)
    return quiet ? '' : `${ref} is part of this branch already: nothing to merge`;
  const conflicts = begin(git, other, ref);
  const rendered = conflicts.filter((path) => path.startsWith(`${folder}/`));
  // What is rendered next is compared with dist, which must have no marks of conflicts.
  take('other', git, rendered);
  const sources = conflicts.filter((path) => !rendered.includes(path));
  if (sources.length > 0)
    throw new Fault({
      what: `both branches have changed ${countOf(sources.length, 'source')} in one place\n${sources.map((path) => `  ${path}`).join('\n')}`,
      where: root,
      fix: `resolve them, then: ${GO_ON}`,
    });
  const summary = await (render ?? renderedBy(root, ['synth', ...(quiet ? ['--quiet'] : [])]))();
  finish(git, [folder]);
  if (quiet) return summary;
  const anew = rendered.length > 0 ? `; rendered ${countOf(rendered.length, 'file')} that both have changed` : '';
  return `${summary}\nMerged ${ref} as ${git.short('HEAD')}${anew}`;
}

/** @throws Fault if a merge would take other changes along, or be on no branch */
export function refuseUnready(git: Git, root: string): void {
  const [first] = git.uncommitted(['.']);
  if (first !== undefined)
    throw new Fault({
      what: 'there are changes that are not committed',
      where: root,
      seen: first.trim(),
      fix: 'commit or stash them first; a merge that has begun ends by git commit, or git merge --abort',
    });
  refuseDetached(git, root);
}

/** Renders the working tree by its own code, in a process of its own. @param fix what to do if it does not render */
export function renderedBy(
  root: string,
  args: readonly string[] = ['synth'],
  fix = `correct that, then: ${GO_ON}`,
): () => Promise<string> {
  return () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [process.argv[1] ?? '', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status === 0) return Promise.resolve(stdout.trimEnd());
    throw new Fault({
      what: `Git has merged the sources, but they do not render together: ${stderr.replace(/^error: /, '').trim()}`,
      where: root,
      fix,
    });
  };
}
