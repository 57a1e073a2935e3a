import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { asker, judged } from '../../../cli/doctor/cloud/answer.ts';
import { runner } from '../../../cli/doctor/cloud/program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-program-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}:/usr/bin:/bin`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const install = (text: string): void =>
  writeFileSync(join(folder, 'bin', 'az'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
const ask = (patienceSeconds: number) =>
  asker(runner(patienceSeconds), 'az', [])({ args: ['vm', 'list'], schema: z.array(z.number()), permission: 'a/read' });

/** Whether a process is there, and has not ended. */
function runs(file: string): boolean {
  const pid = Number(readFileSync(join(folder, file), 'utf8'));
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

async function ended(...files: readonly string[]): Promise<void> {
  for (let i = 0; i < 100 && files.some(runs); i++) await sleep(20);
  expect(files.filter(runs)).toEqual([]);
}

describe('the command line of a cloud', () => {
  it('is asked for JSON, without a terminal', async () => {
    install(`[ -t 0 ] || read -r line; [ "$*" = 'vm list --output json' ] && echo '[1, 2]'`);
    expect(await ask(20)).toEqual({ asked: 'az vm list', value: [1, 2] });
  });

  it('is not there', async () => {
    vi.stubEnv('PATH', folder);
    expect(await ask(20)).toMatchObject({ why: 'not installed', seen: 'az is not on the PATH' });
  });

  it.each([
    ['hangs', 'echo $$ >"$0.pid"; sleep 600 & echo $! >"$0.child"; wait'],
    ['is stopped, with what it started', 'echo $$ >"$0.pid"; sleep 600 & echo $! >"$0.child"; kill -STOP $! $$'],
    ['lets what it started go on, and ends', 'echo $$ >"$0.pid"; sleep 600 & echo $! >"$0.child"; sleep 600'],
    [
      'ignores signals',
      `trap '' TERM INT HUP; echo $$ >"$0.pid"; sleep 600 & echo $! >"$0.child"; while :; do wait; done`,
    ],
  ])('%s: it is cut, and named', async (_, text) => {
    install(text);
    const finding = judged('there are some', await ask(1), () => ({ seen: 'some' }));
    expect(finding).toMatchObject({
      state: 'unknown',
      asked: 'az vm list',
      seen: 'no answer within 1 seconds, so it was ended',
    });
    await ended('bin/az.pid', 'bin/az.child');
  });

  it('prints what is no JSON, or other JSON', async () => {
    install('echo Hello');
    expect(await ask(20)).toMatchObject({ why: 'failed', seen: 'no JSON: Hello' });
    install(`echo '["a"]'`);
    expect(await ask(20)).toMatchObject({ why: 'failed', seen: expect.stringMatching(/than expected: 0: /) as string });
  });

  it('fails for another reason, which is said, and cut', async () => {
    install(`printf 'ERROR: %s\\n' "$(seq -s ' ' 1 500)" >&2; exit 3`);
    const answer = await ask(20);
    expect(answer).toMatchObject({ why: 'failed', seen: expect.stringMatching(/^ERROR: 1 2 3 .*…$/) as string });
  });

  it('is run a few times at once', async () => {
    install(`echo >"${folder}/$$.running"; sleep 0.3; ls "${folder}"/*.running | wc -l; rm "${folder}/$$.running"`);
    const run = runner(20);
    const counts = await Promise.all(Array.from({ length: 9 }, () => run('az', [])));
    const most = Math.max(...counts.map((one) => ('stdout' in one ? Number(one.stdout) : 99)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });
});
