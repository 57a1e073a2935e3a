import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PINS } from '../cli/fleet-folder.ts';
import { OwnRepository } from '../cli/own-repository.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const IMAGE = PINS['whoami']?.packageName ?? '';
const FILE = 'clusters/pins/one/whoami.json';
const DIGEST = `sha256:${'1'.repeat(64)}`;

let repository: OwnRepository;
beforeAll(() => {
  repository = new OwnRepository();
}, 60_000);
afterAll(() => repository?.remove());

/** Runs it for an image that was published; nothing is left that is not committed. */
function pin(image: string): { readonly code: number | null; readonly report: string; readonly error: string } {
  const report = join(repository.scratch, 'report.txt');
  const { status, stderr, stdout } = spawnSync(
    'bash',
    [join(REPOSITORY, '.github', 'scripts', 'pin-image.sh'), image, report],
    { cwd: repository.root, encoding: 'utf8', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } },
  );
  expect(repository.git('status', '--porcelain')).toBe('');
  if (status === 0) expect(readFileSync(report, 'utf8')).toBe(stdout);
  return { code: status, report: stdout, error: stderr };
}

/** In order: each test goes on from the state that the one before has left. */
describe('pin-image.sh', () => {
  it('gives the first ring what was published, in one commit, and no other ring', () => {
    const { code, report, error } = pin(`${IMAGE}:99.0.0@${DIGEST}`);
    expect([code, error]).toEqual([0, '']);
    expect(report).toMatch(/^one: whoami \S+ → 99\.0\.0\n[^]*\nCommitted [0-9a-f]+ on main/);
    expect(repository.git('show', '--no-patch', '--format=%s').trim()).toBe('Pin whoami 99.0.0 in one');
    expect(repository.git('show', '--name-only', '--format=').trim().split('\n')).toEqual([
      FILE,
      'dist/a/whoami/Deployment.whoami.yaml',
    ]);
  });

  it.each([
    ['is pinned already', `${IMAGE}:99.0.0@${DIGEST}`, 'one has whoami 99.0.0 already: nothing to pin\n'],
    ['no ring runs', `${IMAGE}s:1.0.0@${DIGEST}`, 'No ring pins whoamis: nothing to do\n'],
  ])('commits nothing for what %s', (_, image, report) => {
    const head = repository.git('rev-parse', 'HEAD');
    expect(pin(image)).toEqual({ code: 0, report, error: '' });
    expect(repository.git('rev-parse', 'HEAD')).toBe(head);
  });

  it.each([
    [
      'an image that is not the one of the pins',
      `ghcr.io/other/whoami:99.1.0@${DIGEST}`,
      `${FILE} pins ${IMAGE}, but ghcr.io/other/whoami was published: correct packageName\n`,
    ],
    ['a name without a digest', `${IMAGE}:99.1.0`, `${IMAGE}:99.1.0 is not IMAGE:VERSION@DIGEST\n`],
    [
      'what slipway pin refuses',
      `${IMAGE}:98.0.0@${DIGEST}`,
      'error: whoami would go back to an older version in one\n',
    ],
  ])('fails for %s', (_, image, error) => {
    const head = repository.git('rev-parse', 'HEAD');
    const result = pin(image);
    expect([result.code, result.error.slice(0, error.length)]).toEqual([1, error]);
    expect(repository.git('rev-parse', 'HEAD')).toBe(head);
  });
});
