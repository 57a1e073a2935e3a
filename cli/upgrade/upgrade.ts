import { relative } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { leftovers } from '../fork/identity.ts';
import { Sources } from '../fork/sources.ts';
import { Git } from '../git.ts';
import { refuseUnready, renderedBy } from '../merge/merge.ts';
import { finish, take } from '../merge/steps.ts';
import { countOf, type Workspace } from '../synth.ts';
import { beginUpgrade } from './begin.ts';
import { type Fork, initialised } from './initialised.ts';
import { ringsWithCode } from './new-pins.ts';
import { pathsOf } from './ownership.ts';
import { partsLeftOut } from './parts.ts';
import { reportOf } from './report.ts';
import { lastTaken, type Version, versionOf } from './versions.ts';

/** Options of `slipway upgrade`. */
export interface UpgradeOptions {
  /** A remote, whose main branch is taken, or a commit. @default the remote `upstream` */
  readonly from?: string;
  /** The commit of upstream that the fork has taken last. @default what the history tells */
  readonly base?: string;
}

/** Unused pins are errors, and those of parts that the fork does not have may have come along. */
const SYNTH = ['synth', '--prune-pins'];
const GO_ON = `npx slipway ${SYNTH.join(' ')} && git add --all && git commit; or give it up: git merge --abort`;

/**
 * `slipway upgrade`: merges a later version of upstream into a fork. Git merges what differs between both of upstream's versions once the
 * fork's identity was written into them, so that it does not conflict; dist is rendered from the merged sources.
 *
 * @returns what is new, and what people have to do
 * @throws Fault with the sources that Git cannot merge, or that do not render together; the merge then waits for a commit
 */
export async function upgrade({ root, dist }: Workspace, options: UpgradeOptions): Promise<string> {
  const git = Git.open(root);
  refuseUnready(git, root);
  refuseShallow(git, root);
  const version = versionOf(git, options.from);
  const base = lastTaken(git, version, options.base);
  if (base === version.commit)
    return `this fork has ${version.name} (${git.short(base)}) already: nothing to upgrade; git fetch asks for more`;
  const fork: Fork = { root, without: partsLeftOut(git, base, version.commit) };
  const before = await initialised(git, base, fork);
  const after = await initialised(git, version.commit, fork, before);
  const conflicts = beginUpgrade(git, version, { from: before.tree, to: after.tree });
  const kept = settle(git, conflicts, 'fork in conflicts', 'own');
  const given = settle(git, conflicts, 'upstream in conflicts', 'other');
  const goOn = goOnAfter(git, base, version.commit);
  const report = reportOf(git, {
    base,
    upstream: version.commit,
    without: fork.without,
    kept,
    lagging: ringsWithCode(new Sources(root)),
  });
  try {
    refuseConflicts(
      root,
      version,
      conflicts.filter((path) => ![...kept, ...given].includes(path)),
      goOn,
    );
    const summary = await renderedBy(root, SYNTH, `correct that, then: ${goOn}`)();
    finish(git, [relative(root, dist), 'clusters']);
    return [
      summary,
      `Upgraded from ${git.short(base)} to ${version.name} (${git.short(version.commit)}) as ${git.short('HEAD')}`,
      ...leftovers(new Sources(root)).map(({ file, seen }) => `still the sample's: ${file}: ${seen}`),
      ...report,
    ].join('\n');
  } catch (error) {
    // Nothing says it later: whoever ends the merge has taken the version.
    console.log(report.join('\n'));
    throw error;
  }
}

/** How people go on with a merge that waits for them. */
function goOnAfter(git: Git, base: string, upstream: string): string {
  const hasNewPackages = git.changes(base, upstream, ['package-lock.json']).length > 0;
  return hasNewPackages ? `npm install && ${GO_ON}` : GO_ON;
}

/** Of conflicts, resolves those in which one side has the last word. @returns these */
function settle(
  git: Git,
  conflicts: readonly string[],
  whose: 'fork in conflicts' | 'upstream in conflicts',
  side: 'own' | 'other',
): string[] {
  const settled = conflicts.filter((path) => pathsOf(whose).includes(path));
  take(side, git, settled);
  return settled;
}

function refuseConflicts(root: string, { name }: Version, sources: readonly string[], goOn: string): void {
  if (sources.length === 0) return;
  throw new Fault({
    what: `this fork and ${name} have changed ${countOf(sources.length, 'source')} in one place\n${sources.map((path) => `  ${path}`).join('\n')}`,
    where: root,
    fix: `resolve them, then: ${goOn}`,
  });
}

function refuseShallow(git: Git, root: string): void {
  if (!git.isShallow()) return;
  throw new Fault({
    what: 'this clone is shallow: which version of upstream the fork has taken, cannot be said',
    where: root,
    fix: 'fetch the rest: `git fetch --unshallow`',
  });
}
