import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { changedFiles } from '../changed-files.ts';
import { type DistChanges, hasChanges } from '../dist.ts';
import { Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import type { Sources } from './sources.ts';

/**
 * Writes edits of sources, removes the pins that nothing uses any more, and renders: by the edited sources, in a process of its own.
 *
 * @returns what was edited, and what rendering says
 * @throws Fault if there is something that is not committed, before anything is written; or if the edited sources do not render
 */
export async function carryOut({ root }: Workspace, sources: Sources): Promise<string> {
  await sources.format();
  const edits = withoutDist(sources.changes());
  if (!hasChanges(edits)) return 'nothing to change';
  refuseUncommitted(root);
  await sources.apply();
  const { status, stdout, stderr } = spawnSync(process.execPath, [process.argv[1] ?? '', 'synth', '--prune-pins'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Fault({
      what: `the edited sources do not render: ${stderr.replace(/^error: /, '').trim()}`,
      where: root,
      seen: ['these were edited:', ...changedFiles(edits)].join('\n  '),
      fix: 'correct that and run `npm run synth`; or take all of it back: git restore . && git clean -df apps bootstrap charts clusters test',
    });
  return ['edited:', ...changedFiles(edits), 'rendered:', stdout.trimEnd()].join('\n');
}

/** @throws Fault if there is something that is not committed */
export function refuseUncommitted(root: string): void {
  // An archive has no Git: whoever edits it has nothing to lose that Git would keep.
  if (!existsSync(join(root, '.git'))) return;
  const [first] = Git.open(root).uncommitted(['.']);
  if (first !== undefined)
    throw new Fault({
      what: 'there are changes that are not committed, which could not be told from those of this command',
      where: root,
      seen: first.trim(),
      fix: 'commit or stash them first',
    });
}

/** What is rendered is said by what renders it. */
function withoutDist({ missing, stale, extra }: DistChanges): DistChanges {
  const own = (paths: readonly string[]): string[] => paths.filter((path) => !path.startsWith('dist/'));
  return { missing: own(missing), stale: own(stale), extra: own(extra) };
}
