import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { sha256Of } from '../sources/archives.ts';

const LOCK = 'package-lock.json';

/**
 * The folder of the packages that code was written for: that of the working tree if it asks for the same, else one that is
 * installed once and kept in the user's cache.
 */
export function packagesOf(root: string, code: string): string {
  const [own, wanted] = [root, code].map((folder) => readFileSync(join(folder, LOCK)));
  if (own!.equals(wanted!)) return join(root, 'node_modules');
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway', 'packages');
  const kept = join(cache, sha256Of(wanted!));
  if (!existsSync(kept)) install(code, cache, kept);
  return join(kept, 'node_modules');
}

/** All or nothing: another process may do the same. */
function install(code: string, cache: string, kept: string): void {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, '.installing-'));
  try {
    for (const file of ['package.json', LOCK]) copyFileSync(join(code, file), join(folder, file));
    const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--workspaces=false'];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0)
      throw new Fault({
        what: 'the packages of the code that a ring is pinned to cannot be installed',
        where: folder,
        seen: stderr.trim().split('\n')[0],
        fix: 'run it where the registry of npm can be reached: they are kept for the next time',
      });
    renameSync(folder, kept);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(kept)) throw error;
  }
}
