import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FileTexts, Git } from '../../cli/git.ts';

let root: string;
let repository: Git;

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function commit(message: string): string {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD').trim();
}

beforeEach(() => {
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  for (const who of ['AUTHOR', 'COMMITTER']) {
    vi.stubEnv(`GIT_${who}_NAME`, 'a');
    vi.stubEnv(`GIT_${who}_EMAIL`, 'a@example.com');
  }
  root = mkdtempSync(join(tmpdir(), 'slipway-git-'));
  git('init', '--quiet', '--initial-branch', 'main');
  write('a/one.txt', 'one');
  write('a/two.txt', 'two');
  write('b.txt', 'b');
  commit('Begin');
  repository = Git.open(root);
});
afterEach(() => {
  rmSync(root, { recursive: true });
  vi.unstubAllEnvs();
});

describe('withTrees', () => {
  /** The files of each tree, as Git has them for a repository in this folder. */
  const filesOf = (changes: readonly FileTexts[], folder = repository): Record<string, string | undefined>[] =>
    folder.withTrees(folder.commit('HEAD'), changes, (of, trees) =>
      trees.map((tree) => {
        const files = of.files(tree, ['.']);
        const texts = of.contents(files.map(({ sha }) => sha));
        return Object.fromEntries(files.map(({ path, sha }) => [path, texts.get(sha)]));
      }),
    );

  it('replaces, adds and removes files, in each tree for itself', () => {
    expect(
      filesOf([
        new Map([
          ['a/one.txt', 'other'],
          ['a/new folder/a file.txt', 'new\nlines\n'],
          ['a/two.txt', undefined],
        ]),
        new Map([['b.txt', undefined]]),
      ]),
    ).toEqual([
      { 'a/one.txt': 'other', 'a/new folder/a file.txt': 'new\nlines\n', 'b.txt': 'b' },
      { 'a/one.txt': 'one', 'a/two.txt': 'two' },
    ]);
  });

  it('is the commit without changes, and minds no file that neither has', () => {
    const same = { 'a/one.txt': 'one', 'a/two.txt': 'two', 'b.txt': 'b' };
    expect(filesOf([new Map(), new Map([['a/none.txt', undefined]])])).toEqual([same, same]);
  });

  it.each(['"quoted".txt', 'grüße.txt', 'a\\b.txt', '[x]*.txt', ':(top)x.txt'])('takes a file named %s', (name) => {
    const [tree] = filesOf([new Map([[name, name]])]);
    expect(tree).toMatchObject({ [name]: name });
  });

  it('stores texts as they are, whatever attributes say', () => {
    write('.gitattributes', '* text eol=crlf\n');
    commit('Convert line ends');
    expect(filesOf([new Map([['b.txt', 'a\r\nb\n']])])[0]).toMatchObject({ 'b.txt': 'a\r\nb\n' });
  });

  it('counts paths from its own folder of a larger repository', () => {
    write('in here/c.txt', 'c');
    commit('Nest');
    const inner = new Git(join(root, 'in here'));
    const tree = inner.withTrees(inner.commit('HEAD'), [new Map([['d.txt', 'd']])], (of, [one = '']) =>
      of.changes('HEAD', one, ['.']).map(({ path }) => path),
    );
    expect(tree).toEqual(['d.txt']);
  });

  it('leaves nothing in the repository', () => {
    git('add', '--all');
    const state = (): string[] => [git('count-objects', '-v'), readFileSync(join(root, '.git/index')).toString('hex')];
    const before = state();
    filesOf([new Map([['b.txt', 'never stored']])]);
    expect(state()).toEqual(before);
  });
});

describe('commitPaths', () => {
  it('commits these paths alone, also one that is gone, and takes them literally', () => {
    write('a/*.txt', 'star');
    write('a/one.txt', 'changed');
    write('a/two.txt', 'changed');
    write('b.txt', 'added to the index');
    git('add', 'b.txt');
    rmSync(join(root, 'a/one.txt'));
    repository.commitPaths('Change\n\n# not a comment\n', ['a/*.txt', 'a/one.txt']);
    expect(git('show', '--format=%B', '--name-status')).toBe(
      'Change\n\n# not a comment\n\n\nA\ta/*.txt\nD\ta/one.txt\n',
    );
    expect(git('status', '--porcelain')).toBe(' M a/two.txt\nM  b.txt\n');
  });

  it('says what Git says if nobody is there to commit', () => {
    write('b.txt', 'changed');
    for (const name of ['GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_EMAIL', 'EMAIL']) vi.stubEnv(name, undefined);
    git('config', 'user.useConfigOnly', 'true');
    expect(() => repository.commitPaths('Change\n', ['b.txt'])).toThrow(
      /^the change is written, but was not committed\n[^]*no email was given[^]*with this message:\n\nChange\n$/,
    );
  });
});

describe('a repository', () => {
  it('has the commits that names mean', () => {
    expect(['HEAD', 'main', 'origin/main', 'HEAD:b.txt', '--all'].map((name) => repository.has(name))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('says which branch is checked out', () => {
    expect(repository.branch()).toBe('main');
    git('switch', '--quiet', '--detach');
    expect(repository.branch()).toBeUndefined();
  });

  it('lists what is not committed in some folders', () => {
    write('b.txt', 'changed');
    expect(repository.uncommitted(['a'])).toEqual([]);
    write('a/new.txt', '');
    rmSync(join(root, 'a/one.txt'));
    expect(repository.uncommitted(['a', 'none'])).toEqual([' D a/one.txt', '?? a/new.txt']);
  });

  it('knows when one of some files was last changed, and nothing of a file that was never there', () => {
    write('a/two.txt', 'changed');
    vi.stubEnv('GIT_COMMITTER_DATE', '2026-02-01T12:00:00Z');
    const changed = commit('Change');
    vi.stubEnv('GIT_COMMITTER_DATE', '2026-03-01T12:00:00Z');
    write('b.txt', 'changed');
    commit('Change another');
    git('config', 'log.showSignature', 'true');
    expect(repository.lastChange('main', ['a/one.txt', 'a/two.txt'])).toEqual({
      time: new Date('2026-02-01T12:00:00Z'),
      commit: `${changed.slice(0, 7)} Change`,
    });
    expect(repository.lastChange('main', ['none.txt'])).toBeUndefined();
  });
});
