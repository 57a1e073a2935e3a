import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { Git } from '../git.ts';
import { countOf, type Workspace } from '../synth.ts';
import type { Sources } from './sources.ts';

/**
 * Writes edits of sources, removes the pins that nothing uses any more, and renders: by the edited sources, in a process of its own.
 *
 * @returns the edited files by folder, and what rendering says
 * @throws Fault if there is something that is not committed, before anything is written; or if the edited sources do not render
 */
export async function carryOut({ root }: Workspace, sources: Sources): Promise<string> {
  await sources.format();
  const changed = sources.changed().filter((path) => !path.startsWith('dist/'));
  if (changed.length === 0) return 'nothing to change';
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
      seen: `${countOf(changed.length, 'file')} edited: git status lists them`,
      fix: 'correct that and run `npm run synth`; or take all of it back: git restore . && git clean -df apps bootstrap clusters',
    });
  return [...folders(changed), stdout.trim()].join('\n');
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

/** A line for each file, or for each folder with several: `apps/items: 17 files`. */
function folders(paths: readonly string[]): string[] {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const folder = path
      .split('/')
      .slice(0, 3 - (path.startsWith('apps/') ? 1 : 0))
      .join('/');
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), path]);
  }
  return [...byFolder].map(([folder, own]) =>
    own.length === 1 ? `edited  ${own[0]}` : `edited  ${folder}: ${countOf(own.length, 'file')}`,
  );
}
