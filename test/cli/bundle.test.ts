import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE, NO_CODE } from '../../cli/code/files.ts';
import { copyTestClusters } from '../lib/cluster-files.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** Says at the end whether esbuild was loaded. */
const SAY_LOADED =
  "import m from 'node:module'; process.on('exit', () => console.error('bundled: ' + Object.keys(m._cache).some((name) => name.includes('/esbuild/'))))";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-bundle-')));
const cacheHome = join(scratch, 'cache');
const bundles = join(cacheHome, 'slipway', 'bundle');
let root = join(scratch, 'one');

beforeAll(() => {
  for (const part of CODE)
    cpSync(join(REPOSITORY, part), join(root, part), { recursive: true, filter: (path) => !NO_CODE.test(path) });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  copyTestClusters(root);
  cpSync(join(REPOSITORY, 'clusters/fleet.ts'), join(root, 'clusters/fleet.ts'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function slipway(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(SAY_LOADED)}`, 'cli/slipway.mjs', ...args],
    { cwd: root, encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cacheHome, ...env } },
  );
  return { status, stdout, stderr, bundled: stderr.endsWith('bundled: true\n') };
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Writes a file with the size and the time that it had. */
function edit(file: string, from: string, to: string): void {
  const path = join(root, file);
  const { atime, mtime, size } = statSync(path);
  writeFileSync(path, read(file).replace(from, to));
  utimesSync(path, atime, mtime);
  expect(statSync(path).size).toBe(size);
}

const HELP = ['help', 'plan'];

/** In order: each test goes on from the one before. */
describe('a bundle of the command line', () => {
  it('is made by the first start alone', () => {
    const first = slipway(HELP);
    expect(first).toMatchObject({ status: 0, bundled: true });
    expect(slipway(HELP)).toMatchObject({ status: 0, bundled: false, stdout: first.stdout });
  });

  it('is another one after an edit, and the first one once it is undone', () => {
    edit('cli/commands/review.ts', 'what a change of dist/ will do', 'WHAT a change of dist/ will do');
    expect(slipway(HELP)).toMatchObject({ bundled: true, stdout: expect.stringContaining('WHAT a change') as string });
    edit('cli/commands/review.ts', 'WHAT a change of dist/ will do', 'what a change of dist/ will do');
    expect(slipway(HELP)).toMatchObject({
      bundled: false,
      stdout: expect.stringContaining('what a change') as string,
    });
  });

  it('has a new cluster, until it is gone', () => {
    const ask = () => slipway(['order', 'test-new']);
    const before = ask();
    const kept = readdirSync(bundles).length;
    const rings = read('clusters/rings.ts');
    cpSync(join(root, 'clusters/test-kind'), join(root, 'clusters/test-new'), { recursive: true });
    for (const [file, to] of [
      ['facts.json', 'test-new'],
      ['../rings.ts', "test-kind', 'test-new"],
    ] as const)
      writeFileSync(join(root, 'clusters/test-new', file), read(`clusters/test-new/${file}`).replace('test-kind', to));
    expect(ask()).toMatchObject({ status: 0 });
    expect(readdirSync(bundles)).toHaveLength(kept + 1);
    rmSync(join(root, 'clusters/test-new'), { recursive: true });
    writeFileSync(join(root, 'clusters/rings.ts'), rings);
    expect(before).toMatchObject({ status: 3 });
    expect(ask()).toEqual(before);
    expect(readdirSync(bundles)).toHaveLength(kept + 1);
  });

  it('keeps the message of a mistake', () => {
    edit('clusters/test-kind/cluster.ts', "cloud: 'kind',", "cloud: 'kind'?");
    const { stderr, status } = slipway(['order', 'test-kind']);
    expect(stderr).toMatch(/^error: .*\n {2}at: {3}clusters\/test-kind\/cluster\.ts:\d+\n {2}seen: /);
    expect(status).toBe(1);
    edit('clusters/test-kind/cluster.ts', "cloud: 'kind'?", "cloud: 'kind',");
  });

  it('is shared by repositories with the same sources, each with positions of its own', () => {
    renameSync(root, join(scratch, 'two'));
    root = join(scratch, 'two');
    const kept = readdirSync(bundles);
    const { stderr } = slipway(['order', 'nowhere', '--trace']);
    expect(readdirSync(bundles)).toEqual(kept);
    expect(stderr).toContain(`${root}/cli/cluster-folders.ts:`);
    expect(stderr).not.toContain(bundles);
  });

  it('is made again if it is damaged', () => {
    for (const name of readdirSync(bundles)) truncateSync(join(bundles, name), 1_000_000);
    expect(slipway(HELP)).toMatchObject({ status: 0, bundled: true });
    expect(slipway(HELP)).toMatchObject({ status: 0, bundled: false });
  });

  it.each([
    ['no folder', { XDG_CACHE_HOME: '/dev/null' }],
    ['a relative one', { XDG_CACHE_HOME: 'relative' }],
    ['no home', { XDG_CACHE_HOME: '', HOME: '/dev/null' }],
  ])('is made for one start where there is %s for it', (_, env) => {
    const temporary = join(scratch, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const { status, stderr } = slipway(HELP, { ...env, TMPDIR: temporary });
    expect([status, stderr]).toEqual([0, 'bundled: true\n']);
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(join(root, 'relative'))).toBe(false);
  });
});
