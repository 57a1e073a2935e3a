import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitWrapper } from './git-wrapper.ts';

/** How Argo CD asks for signatures. */
const SIGNATURES = ['rev-list', '--pretty=format:%H,%G?,%GK,"%aD","%an <%ae>"', '--no-commit-header', 'HEAD', '-1'];
const UPSTREAM = 'a'.repeat(40);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-wrapper-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'repository'));
  writeFileSync(join(folder, 'commits'), '');
  git('init', '--quiet', '--initial-branch', 'main');
  git(
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.com',
    'commit',
    '--quiet',
    '--allow-empty',
    '--message',
    'Begin',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the wrapper, or Git itself. */
function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: join(folder, 'repository'),
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, GIT_CONFIG_GLOBAL: '/dev/null' },
  }).trim();
}

function wrap(signer: string): void {
  writeFileSync(join(folder, 'signer'), signer);
  const text = gitWrapper(join(folder, 'commits'), join(folder, 'signer'));
  writeFileSync(join(folder, 'bin', 'git'), text, { mode: 0o755 });
}

describe('the Git of the lab', () => {
  it('says what a commit is signed by, if nobody is to be trusted without', () => {
    wrap('');
    expect(git(...SIGNATURES)).toMatch(/^[0-9a-f]{40},N,,"/);
  });

  it('counts each commit as signed by a key, if there is one to count for', () => {
    wrap('B5690EEEBB952194');
    expect(git(...SIGNATURES)).toMatch(/^[0-9a-f]{40},G,B5690EEEBB952194,".*","A <a@example.com>"$/);
  });

  it("reads a commit of its own for upstream's", () => {
    wrap('');
    const own = git('rev-parse', 'HEAD');
    writeFileSync(join(folder, 'commits'), `${UPSTREAM} ${own}\n`);
    expect(git('log', '--format=%H %s', UPSTREAM)).toBe(`${own} Begin`);
  });
});
