import { Fault } from '../../charts/fault.ts';
import type { Git } from '../git.ts';

/** The remote that is taken if nothing is said. */
export const UPSTREAM = 'upstream';

/** In the message of the commit that takes a version: a squash merge keeps it, but not the parent. */
export const TRAILER = 'Slipway-Upstream';

/** A version of upstream. */
export interface Version {
  readonly commit: string;
  /** As people call it: `upstream/main`. */
  readonly name: string;
}

/** The version that a remote's main branch has, as it was fetched last, or that a commit is. @throws Fault if there is neither */
export function versionOf(git: Git, from = UPSTREAM): Version {
  const branch = ['HEAD', 'main'].map((name) => `refs/remotes/${from}/${name}`).find((name) => git.has(name));
  if (branch !== undefined) {
    const name = git.run(['rev-parse', '--abbrev-ref', branch], `${branch} has no name`).toString().trim();
    return { commit: git.commit(branch), name };
  }
  if (from !== UPSTREAM || git.has(from)) return { commit: git.commit(from), name: from };
  throw new Fault({
    what: `there is no remote "${UPSTREAM}" with a branch main`,
    where: 'git remote',
    fix: `git remote add ${UPSTREAM} URL && git fetch ${UPSTREAM}; or name a commit that has been fetched: --from COMMIT`,
  });
}

/**
 * The last version of upstream that the fork has taken: the newest of what its history shares with upstream's, and of what its upgrades
 * have recorded. A copy without history shares none: then it is the version with the files that the copy began with.
 *
 * @param base what a person says that it is
 * @throws Fault if nothing tells it
 */
export function lastTaken(git: Git, { commit, name }: Version, base?: string): string {
  const known = ['HEAD', ...recorded(git), ...(base === undefined ? [] : [git.commit(base)])];
  const shared = known.flatMap((one) => sharedWith(git, one, commit) ?? []);
  if (shared.length > 0) return shared.reduce((one, other) => (sharedWith(git, one, other) === one ? other : one));
  const copied = base === undefined ? copiedFrom(git, commit) : undefined;
  if (copied !== undefined) return copied;
  throw new Fault({
    what: `this repository and ${name} have no commit in common, as a copy without history has none`,
    where: base ?? 'HEAD',
    fix: 'say once which commit of upstream it was copied from, as the dates tell (git log upstream/main): --base COMMIT',
  });
}

/** What the last upgrade has recorded, if this clone has that commit. */
function recorded(git: Git): string[] {
  const line = new RegExp(`^${TRAILER}: ([0-9a-f]{40,64})$`, 'm');
  const args = ['log', '-1', '-E', `--grep=^${TRAILER}: [0-9a-f]{40,64}$`, '--format=%B', 'HEAD'];
  const [, commit] = line.exec(git.run(args, 'the history cannot be read').toString()) ?? [];
  return commit !== undefined && git.has(commit) ? [commit] : [];
}

function sharedWith(git: Git, one: string, other: string): string | undefined {
  try {
    return git.mergeBase(one, other);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** The commit of upstream whose files a first commit has: that of a template's copy. */
function copiedFrom(git: Git, upstream: string): string | undefined {
  const list = (...args: readonly string[]): string[][] =>
    git
      .run(['log', '--format=%T %H', ...args], 'the history cannot be read')
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' '));
  const first = new Set(list('--max-parents=0', 'HEAD').map(([tree]) => tree));
  return list(upstream).find(([tree]) => first.has(tree))?.[1];
}
