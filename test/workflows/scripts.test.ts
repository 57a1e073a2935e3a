import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MARKER } from '../../cli/plan/markdown.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const COMMIT = 'a'.repeat(40);
const PLAN = `${MARKER}\n\n### Plan: 1 info\n`;

interface Comment {
  readonly id: number;
  readonly user: { readonly type: string };
  readonly body: string;
}

interface State {
  readonly pulls: readonly {
    readonly number: number;
    readonly label: string;
    readonly head: { readonly sha: string };
  }[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly comments?: readonly Comment[];
  readonly created?: { readonly head: string; readonly title: string; readonly body: string };
}

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'slipway-workflows-'));
  mkdirSync(join(scratch, 'bin'));
  copyFileSync(join(import.meta.dirname, 'gh.mjs'), join(scratch, 'gh.mjs'));
  writeFileSync(
    join(scratch, 'bin', 'gh'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(scratch, 'gh.mjs')}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const stateFile = (): string => join(scratch, 'state.json');
const state = (): State => JSON.parse(readFileSync(stateFile(), 'utf8')) as State;

function run(name: string, args: readonly string[], env: object, cwd = scratch) {
  return spawnSync('bash', [join(REPOSITORY, '.github', 'scripts', name), ...args], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(scratch, 'bin')}:${process.env['PATH']}`,
      GH_STATE: stateFile(),
      GH_TOKEN: 'none',
      GITHUB_REPOSITORY: 'acme/fleet',
      GIT_CONFIG_GLOBAL: '/dev/null',
      ...env,
    },
  });
}

describe('comment-plan.sh', () => {
  const ENV = { RUN: '7', COMMIT, OWNER: 'ann', BRANCH: 'change' };
  const PULL = { number: 3, label: 'ann:change', head: { sha: COMMIT } };

  /** Runs it after a run that made a plan of this text. */
  function post(text: string | undefined, more: Partial<State> = {}, env: object = ENV) {
    writeFileSync(join(scratch, 'made.md'), text ?? '');
    const artifacts = text === undefined ? {} : { 7: join(scratch, 'made.md') };
    writeFileSync(stateFile(), JSON.stringify({ pulls: [PULL], artifacts, ...more }));
    return run('comment-plan.sh', [], env);
  }

  it('posts the plan on the pull request of the commit', () => {
    expect(post(PLAN)).toMatchObject({ status: 0, stderr: '' });
    expect(state().comments).toMatchObject([{ issue: 'repos/acme/fleet/issues/3/comments', body: PLAN }]);
  });

  it('writes over its own comment, and over no other one', () => {
    const others = [
      { id: 1, user: { type: 'User' }, body: `${MARKER} somebody's` },
      { id: 2, user: { type: 'Bot' }, body: 'another bot' },
      { id: 4, user: { type: 'Bot' }, body: `${MARKER}\nbefore` },
    ];
    expect(post(PLAN, { comments: others })).toMatchObject({ status: 0, stderr: '' });
    expect(state().comments).toEqual([others[0], others[1], { ...others[2], body: PLAN }]);
  });

  it.each([
    ['the pull request has another commit by now', { pulls: [{ ...PULL, head: { sha: 'b'.repeat(40) } }] }],
    ['the branch has no open pull request', { pulls: [] }],
    ['it is that of another fork', { pulls: [{ ...PULL, label: 'eve:change' }] }],
  ])('posts nothing if %s', (_, more) => {
    expect(post(PLAN, more)).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to post') as string });
    expect(state().comments).toBeUndefined();
  });

  it('posts nothing if the run has made no plan', () => {
    expect(post(undefined)).toMatchObject({ status: 0, stdout: expect.stringContaining('has made no plan') as string });
    expect(state().comments).toBeUndefined();
  });

  it.each([
    ['another text', 'Merge me\n'],
    ['too much', PLAN + 'x'.repeat(65_536)],
  ])('refuses %s in the place of a plan', (_, text) => {
    expect(post(text)).toMatchObject({ status: 1, stderr: 'Run 7 has made something else than a plan.\n' });
    expect(state().comments).toBeUndefined();
  });
});

describe('terraform-kept-run.sh', () => {
  const saved = (id: number, day: number, more: object = {}, of: object = {}) => ({
    name: 'kept-staging-aks',
    expired: false,
    created_at: `2026-01-0${day}T00:00:00Z`,
    workflow_run: { id, head_branch: 'main', repository_id: 1, head_repository_id: 1, ...of },
    ...more,
  });
  const found = (artifacts: readonly object[]) => {
    writeFileSync(stateFile(), JSON.stringify({ saved: artifacts }));
    return run('terraform-kept-run.sh', ['staging-aks'], {});
  };

  it('prints the last run on main of this repository that saved what is kept', () => {
    const artifacts = [
      saved(1, 1),
      saved(3, 3),
      saved(2, 2),
      saved(4, 4, { expired: true }),
      saved(5, 5, {}, { head_branch: 'change' }),
      saved(6, 6, {}, { head_repository_id: 2 }),
      saved(7, 7, { name: 'kept-production-aks' }),
    ];
    expect(found(artifacts)).toMatchObject({ status: 0, stdout: 'run=3\n' });
  });

  it('prints no run if there is none', () => {
    expect(found([])).toMatchObject({ status: 0, stdout: 'run=\n' });
  });
});

describe('open-pull-request.sh', () => {
  it('pushes the last commit to a branch, with its message and the report, once', () => {
    const [origin, clone] = [join(scratch, 'origin.git'), join(scratch, 'clone')];
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        encoding: 'utf8',
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
      });
    git('init', '--quiet', '--bare', origin);
    git('init', '--quiet', clone);
    git('-C', clone, 'commit', '--quiet', '--allow-empty', '--message', 'Promote whoami\n\n- whoami: 1 → 2');
    writeFileSync(join(scratch, 'report.txt'), 'Plan: nothing\n');
    writeFileSync(stateFile(), '{}');
    // In place of GitHub's server.
    git('-C', clone, 'config', `url.${origin}.insteadOf`, 'https://x-access-token:none@github.com/acme/fleet.git');
    const args = ['promote-1', join(scratch, 'report.txt')];
    expect(run('open-pull-request.sh', args, {}, clone)).toMatchObject({ status: 0 });
    expect(git('-C', origin, 'log', '-1', '--format=%s', 'promote-1')).toBe('Promote whoami\n');
    expect(state().created).toEqual({
      head: 'promote-1',
      title: 'Promote whoami',
      body: '- whoami: 1 → 2\n\n\n```\nPlan: nothing\n\n```',
    });

    writeFileSync(stateFile(), '{}');
    git('-C', clone, 'commit', '--quiet', '--allow-empty', '--message', 'Promote whoami again');
    expect(run('open-pull-request.sh', args, {}, clone)).toMatchObject({
      status: 0,
      stdout: 'The branch promote-1 is there already, and left as it is\n',
    });
    expect(git('-C', origin, 'log', '-1', '--format=%s', 'promote-1')).toBe('Promote whoami\n');
    expect(state().created).toBeUndefined();
  });
});

describe('commit-dist.sh', () => {
  const [origin, reader, writer] = ['origin.git', 'reader', 'writer'] as const;
  const git = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-C', join(scratch, folder), '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  };

  /** A branch that two jobs have checked out. */
  beforeEach(() => {
    for (const folder of [origin, reader]) mkdirSync(join(scratch, folder));
    git(origin, 'init', '--quiet', '--bare');
    git(reader, 'init', '--quiet', '--initial-branch', 'renovate/all');
    write('reader/dist/a/one.yaml', 'one: 1\n');
    write('reader/charts/one.ts', 'export const one = 1;\n');
    git(reader, 'add', '--all');
    git(reader, 'commit', '--quiet', '--message', 'Begin');
    git(reader, 'push', '--quiet', join(scratch, origin), 'HEAD');
    execFileSync('git', ['clone', '--quiet', '--branch=renovate/all', join(scratch, origin), join(scratch, writer)]);
    git(
      writer,
      'config',
      `url.${join(scratch, origin)}.insteadOf`,
      'https://x-access-token:none@github.com/acme/fleet.git',
    );
  });

  /** What the job that renders leaves, taken by the one that may write. */
  function commitDist() {
    git(reader, 'add', '--all');
    writeFileSync(join(scratch, 'dist.patch'), git(reader, 'diff', '--cached', '--binary', '--full-index'));
    return run('commit-dist.sh', [join(scratch, 'dist.patch')], { BRANCH: 'renovate/all' }, join(scratch, writer));
  }
  const pushed = (): string[] => git(origin, 'log', '--format=%s', 'renovate/all').trim().split('\n');

  it('commits and pushes what was rendered: changed, new and gone', () => {
    write('reader/dist/a/one.yaml', 'one: 2\n');
    write('reader/dist/b/new.yaml', 'new: 1\n');
    expect(commitDist()).toMatchObject({ status: 0, stderr: '' });
    expect(pushed()).toEqual(['Render dist', 'Begin']);
    expect(git(origin, 'show', '--name-status', '--format=', 'renovate/all')).toBe(
      'M\tdist/a/one.yaml\nA\tdist/b/new.yaml\n',
    );
  });

  it('commits nothing if nothing has changed', () => {
    expect(commitDist()).toMatchObject({ status: 0, stdout: 'dist is up to date: nothing to commit\n' });
    expect(pushed()).toEqual(['Begin']);
  });

  it.each([
    ['changes code', () => write('reader/charts/one.ts', 'export const one = 2;\n'), 'charts/one.ts'],
    [
      'moves code into dist',
      () => renameSync(join(scratch, 'reader/charts/one.ts'), join(scratch, 'reader/dist/a/one.ts')),
      'charts/one.ts',
    ],
  ])('commits nothing if the patch %s', (_, change, path) => {
    write('reader/dist/a/one.yaml', 'one: 2\n');
    change();
    expect(commitDist()).toMatchObject({
      status: 1,
      stderr: `The patch changes what is not in dist/, so that nothing is committed:\n${path}\n`,
    });
    expect(pushed()).toEqual(['Begin']);
  });

  it('runs no hook of the branch', () => {
    write('writer/.git/hooks/pre-commit', `#!/bin/sh\ntouch "${join(scratch, 'hooked')}"\n`);
    chmodSync(join(scratch, 'writer/.git/hooks/pre-commit'), 0o755);
    write('reader/dist/a/one.yaml', 'one: 2\n');
    expect(commitDist().status).toBe(0);
    expect(existsSync(join(scratch, 'hooked'))).toBe(false);
  });
});

describe('rehearse.sh', () => {
  const GIT_ENV = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' };
  const clone = (): string => join(scratch, 'clone');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', clone(), '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
      env: GIT_ENV,
    });

  /** Commits a file of each of these clusters. */
  function commit(text: string, ...clusters: readonly string[]): void {
    for (const name of clusters) {
      mkdirSync(join(clone(), 'dist', name, 'applications'), { recursive: true });
      writeFileSync(join(clone(), 'dist', name, 'applications', 'a.yaml'), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', text);
  }

  /** Runs it with a lab that reports "failed" of one cluster, and nothing of another one. */
  function rehearse(most: number): { status: number | null; asked: string[]; summary: string } {
    writeFileSync(
      join(scratch, 'bin', 'npm'),
      `#!/bin/sh
printf '%s\\n' "$6 $8" >>"${join(scratch, 'asked')}"
[ "$6" != silent ] || exit 1
echo "### $6" >"\${12}"
[ "$6" != failed ]
`,
      { mode: 0o755 },
    );
    writeFileSync(join(scratch, 'asked'), '');
    const env = { BASE: 'HEAD~1', MOST: String(most) };
    const { status } = run('rehearse.sh', [join(scratch, 'out')], env, clone());
    const asked = readFileSync(join(scratch, 'asked'), 'utf8').split('\n').filter(Boolean);
    return { status, asked, summary: readFileSync(join(scratch, 'out', 'summary.md'), 'utf8') };
  }

  beforeEach(() => {
    execFileSync('git', ['init', '--quiet', clone()], { env: GIT_ENV });
    commit('one', 'a', 'b', 'failed', 'silent');
  });

  it('rehearses each cluster that changes and was there before, from the base on', () => {
    commit('two', 'a', 'b', 'new');
    const base = git('rev-parse', 'HEAD~1').trim();
    expect(rehearse(6)).toEqual({ status: 0, asked: [`a ${base}`, `b ${base}`], summary: '### a\n### b\n' });
  });

  it('fails after all, if one of them does, and says of which there is no report', () => {
    commit('two', 'a', 'failed', 'silent');
    const { status, asked, summary } = rehearse(6);
    expect([status, asked.length]).toEqual([1, 3]);
    expect(summary).toBe('### a\n### failed\n### silent could not be rehearsed: the log says why\n\n');
  });

  it('names those that are too many', () => {
    commit('two', 'a', 'b', 'failed');
    const { status, summary } = rehearse(1);
    expect([status, summary]).toEqual([0, '### a\nChanged, but not rehearsed, since these are 1 already: b failed\n']);
  });

  it('says that no cluster is changed', () => {
    commit('two', 'new');
    expect(rehearse(6)).toEqual({ status: 0, asked: [], summary: 'No cluster is changed that was there before.\n' });
  });
});
