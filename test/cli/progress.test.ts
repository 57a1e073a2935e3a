import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWatched } from '../../cli/progress.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { canType } from '../lib/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-progress-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a terminal gets of work that blocks its thread for so long, and prints a line in the end. */
function shownDuring(milliseconds: number): string {
  const script = join(folder, 'work.mjs');
  writeFileSync(
    script,
    `import { progress } from '${join(REPOSITORY, 'cli/progress.ts')}';
    const end = progress('slipway plan …');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});
    end();
    console.log('done');`,
  );
  const command = `${process.execPath} --import tsx ${script}`;
  const { stdout, status } = spawnSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout;
}

describe('a line of progress', () => {
  it.skipIf(!canType('sh'))('is there once work takes more than a second, and is removed (needs script)', () => {
    expect(shownDuring(2500)).toBe('slipway plan …\r\u001b[Kdone\r\n');
  });

  it.skipIf(!canType('sh'))('is not there before (needs script)', () => {
    expect(shownDuring(100)).toBe('done\r\n');
  });

  it('is for terminals that somebody watches', () => {
    expect(isWatched({ isTTY: true }, {})).toBe(true);
    expect(isWatched({}, {})).toBe(false);
    expect(isWatched({ isTTY: true }, { CI: 'true' })).toBe(false);
  });
});
