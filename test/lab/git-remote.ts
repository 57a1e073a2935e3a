import { spawnSync } from 'node:child_process';

/** Name of the Git remote in the checkout. */
const REMOTE = 'lab';

/**
 * Configures `git push lab`: pushes HEAD of any branch to the branch that Argo CD syncs from. With several labs in one
 * checkout it pushes to all of them.
 */
export function connectRemote(checkout: string, repository: string, branch: string): void {
  const urls = pushUrls(checkout);
  if (urls.length === 0) {
    run(checkout, 'remote', 'add', REMOTE, repository);
    run(checkout, 'config', `remote.${REMOTE}.push`, `+HEAD:refs/heads/${branch}`);
  }
  run(checkout, 'config', '--add', `remote.${REMOTE}.pushurl`, repository);
}

/** Command that removes a lab's repository from the remote, and the remote with the last one. */
export const DISCONNECT = [
  '/bin/sh',
  '-c',
  `git -C "$0" config --fixed-value --unset-all remote.${REMOTE}.pushurl "$1"; git -C "$0" config --get remote.${REMOTE}.pushurl || git -C "$0" remote remove ${REMOTE}`,
] as const;

function pushUrls(checkout: string): string[] {
  return run(checkout, 'config', '--get-all', `remote.${REMOTE}.pushurl`).split('\n').filter(Boolean);
}

function run(checkout: string, ...args: readonly string[]): string {
  return spawnSync('git', ['-C', checkout, ...args], { encoding: 'utf8' }).stdout;
}
