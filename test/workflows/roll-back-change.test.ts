import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { PINS } from '../cli/fleet-folder.ts';
import { OwnRepository } from '../cli/own-repository.ts';

const DEPLOYMENT = 'dist/b/whoami/Deployment.whoami.yaml';

let repository: OwnRepository;
beforeAll(() => {
  repository = new OwnRepository();
}, 60_000);
afterAll(() => repository?.remove());

/** Runs it for the last commit. */
function rollBack(...clusters: readonly string[]): { readonly code: number | null; readonly report: string } {
  const [before, after] = ['HEAD~1', 'HEAD'].map((name) => repository.git('rev-parse', name).trim());
  const report = join(repository.scratch, 'report.txt');
  const script = join(REPOSITORY, '.github', 'scripts', 'roll-back-change.sh');
  const { status, stderr } = spawnSync('bash', [script, report, ...clusters], {
    cwd: repository.root,
    encoding: 'utf8',
    env: { ...process.env, BEFORE: before, AFTER: after, UNTIL: '2099-12-31', GIT_CONFIG_GLOBAL: '/dev/null' },
  });
  expect(stderr).toBe('');
  return { code: status, report: readFileSync(report, 'utf8') };
}

/** In order: each test goes on from the state that the one before has left. */
describe('roll-back-change.sh', () => {
  it('rolls back what the change did to the clusters that it is given, and to no other', () => {
    const before = repository.read(DEPLOYMENT);
    for (const ring of ['one', 'two'])
      repository.edit(`clusters/pins/${ring}/whoami.json`, (text) =>
        text.replace(PINS['whoami']?.version ?? '', '9.9.9'),
      );
    repository.slipway('synth');
    const change = repository.commit('Move whoami');
    expect(repository.read(DEPLOYMENT)).not.toBe(before);
    const { code, report } = rollBack('b');
    expect(report).toMatch(/^b: whoami\n[^]*Committed [0-9a-f]+ on main/);
    expect(code).toBe(0);
    expect(repository.read(DEPLOYMENT)).toBe(before);
    expect(repository.git('show', '--no-patch', '--format=%B').trim()).toMatch(
      new RegExp(`^Roll whoami back to .* in b, by .*\n\nits hosts did not answer after ${change.slice(0, 10)}$`),
    );
    expect(repository.git('show', '--name-only', '--format=', '--', 'dist').trim()).toBe(DEPLOYMENT);
  });

  it('rolls no rollback back', () => {
    expect(rollBack('b')).toEqual({ code: 1, report: expect.stringContaining('is a rollback itself') as string });
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('fails if nothing was rolled back', () => {
    repository.write('notes.md', 'Nothing of clusters.\n');
    repository.commit('Note');
    expect(rollBack('a', 'b')).toEqual({ code: 1, report: '' });
  });
});
