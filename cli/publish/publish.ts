import { relative } from 'node:path';
import type { Repository } from '../../charts/applications.ts';
import { describe, Fault, type Problem, throwIfAny } from '../../charts/fault.ts';
import type { Outcome } from '../commands/command.ts';
import { EXIT } from '../exit.ts';
import { checkRepository } from '../fleet.ts';
import { Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import { select } from '../unknown.ts';
import { fetchNewest, ORIGIN, remotesOf } from './remote.ts';
import { renditionOf } from './rendition.ts';
import { type Line, type PublishOptions, publishTo } from './to-remote.ts';
import { isAncestor } from './verdict.ts';

/** How the message on an unknown cluster begins. */
export const NO_CLUSTER = 'dist has no cluster';

/**
 * `slipway publish [CLUSTER…]`: commits what dist has of clusters to the branches that they sync from.
 *
 * @returns a line for each cluster; a fault if one was refused, or a remote was: the others are published
 * @throws Fault if nothing was published, since Git cannot push, or dist does not say what clusters/fleet.ts says
 */
export function publish(workspace: Workspace, names: readonly string[], options: PublishOptions): Outcome {
  const { root, dist, repository } = workspace;
  checkRepository(root, repository);
  if (repository.published === undefined)
    return {
      text: `clusters/fleet.ts has no \`published\`: clusters sync from ${repository.revision}, and nothing is to be published`,
      code: EXIT.success,
    };
  const git = Git.open(root);
  refuseUnsigned(git, repository);
  const newest = fetchNewest(git, repository);
  const commit = options.commit === undefined ? newest : git.commit(options.commit);
  refuseUnreviewed(git, commit, newest, repository.revision);
  const folder = relative(root, dist);
  const known = git.folders(commit, folder).map((path) => path.slice(folder.length + 1));
  const clusters = select(NO_CLUSTER, known, names);
  const renditions = new Map(clusters.map((name) => [name, renditionOf(git, commit, folder, name)!]));
  const publication = { git, workspace, newest, renditions, options };
  const problems: Problem[] = [];
  const lines = remotesOf(repository, clusters).flatMap((remote) =>
    collecting(problems, () => publishTo(remote, publication)),
  );
  if (lines.length === 0) throwIfAny(problems);
  const failed = problems.map((problem) => `\n${describe(problem)}`);
  const done = options['dry-run'] ? ['Nothing was pushed: --dry-run'] : [];
  const code = problems.length > 0 || lines.some(isRefused) ? EXIT.fault : EXIT.success;
  return { text: [...lines.map(textOf), ...failed, ...done].join('\n'), code };
}

/** Publishes to one of several remotes: what one refuses is no reason for others to stay as they are. */
function collecting(problems: Problem[], step: () => Line[]): Line[] {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

/** @throws Fault if a commit is not part of what is reviewed: clusters would get what nobody has seen */
function refuseUnreviewed(git: Git, commit: string, newest: string, revision: string): void {
  if (isAncestor(git, commit, newest)) return;
  throw new Fault({
    what: `${git.short(commit)} is not part of ${revision}: clusters get only what is`,
    where: `${revision} of ${ORIGIN}, ${git.short(newest)}`,
    fix: `merge it into ${revision} and push first`,
  });
}

/** @throws Fault if the commits that would be published have no signature, and clusters take none without */
function refuseUnsigned(git: Git, { signatures }: Repository): void {
  if (signatures === undefined || signatures.mode === 'none' || git.signs()) return;
  throw new Fault({
    what: 'clusters sync signed commits alone, and Git does not sign those that would be published',
    where: '`signatures` in clusters/fleet.ts; commit.gpgsign of Git',
    fix: 'git config commit.gpgsign true, with user.signingkey one of `signatures.keys`',
  });
}

function isRefused({ verdict }: Line): boolean {
  return verdict.kind === 'refused';
}

function textOf({ cluster, branch, verdict, commit }: Line): string {
  return `${cluster}: ${saidOf(verdict, branch, commit)}`;
}

function saidOf(verdict: Line['verdict'], branch: string, commit: string | undefined): string {
  switch (verdict.kind) {
    case 'published':
      return `${commit?.slice(0, 7)} on ${branch}${verdict.parent === undefined ? ', its first commit' : ''}`;
    case 'waits':
      return 'not published: it has no root Application yet, for lack of facts';
    case 'refused':
      return `refused: the tip of ${branch}, ${verdict.says}; see what it is, then publish with --adopt`;
    default:
      return verdict.says;
  }
}
