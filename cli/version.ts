import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `slipway version`: that of package.json, the commit if Git knows it, and Node's. */
export function version(root: string): string {
  const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
  });
  return `slipway ${own}${status === 0 ? `, commit ${stdout.trim()}` : ''}, Node ${process.version}`;
}
