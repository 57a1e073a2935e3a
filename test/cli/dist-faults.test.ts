import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import * as nodeFileSystem from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitDist, compareDist, restoreDist, updateDist } from '../../cli/dist.ts';
import type { FileSystem } from '../../cli/transaction.ts';
import type { At } from './dist-writer.ts';

const { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } = nodeFileSystem;

const programs = mkdtempSync(join(tmpdir(), 'slipway-writer-'));
const writer = join(programs, 'dist-writer.mjs');
buildSync({
  entryPoints: [join(import.meta.dirname, 'dist-writer.ts')],
  outfile: writer,
  bundle: true,
  platform: 'node',
  format: 'esm',
});
afterAll(() => rmSync(programs, { recursive: true }));

/** Replaces two files, adds two, one where a folder was, and removes two. */
const OLD = { 'a/one.yaml': '1', 'a/same.yaml': '=', 'a/two.yaml': '2', 'b/gone.yaml': '3', 'c/gone.yaml': '4' };
const NEW = { 'a/one.yaml': 'one', 'a/same.yaml': '=', 'a/two.yaml': 'two', b: 'file', 'd/e/new.yaml': 'new' };

let root: string;
let dist: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'slipway-dist-'));
  dist = join(root, 'dist');
  await update(OLD);
});
afterEach(() => rmSync(root, { recursive: true }));

function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dist, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [file.slice(dist.length + 1), readFileSync(file, 'utf8')]),
  );
}

function emptyFolders(): string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(entry.parentPath, entry.name)).length === 0)
    .map(({ name }) => name);
}

async function update(files: Readonly<Record<string, string>>, fs?: FileSystem): Promise<void> {
  const wanted = new Map(Object.entries(files));
  await updateDist(dist, wanted, () => compareDist(dist, wanted), { fs });
}

/** A file system whose n-th operation fails; counts them. */
function failing(nth: number): { readonly fs: FileSystem; readonly count: () => number } {
  let count = 0;
  const fs = new Proxy<FileSystem>(nodeFileSystem, {
    get(target, name: keyof FileSystem) {
      const original = target[name] as (...args: readonly unknown[]) => unknown;
      return (...args: readonly unknown[]) => {
        count += 1;
        if (count === nth) throw Object.assign(new Error(`ENOSPC: no space left, ${name}`), { code: 'ENOSPC' });
        return original(...args);
      };
    },
  });
  return { fs, count: () => count };
}

/** The number of operations of a run that succeeds. */
const OPERATIONS = await operations();

async function operations(): Promise<number> {
  root = mkdtempSync(join(tmpdir(), 'slipway-dist-'));
  dist = join(root, 'dist');
  await update(OLD);
  const { fs, count } = failing(0);
  await update(NEW, fs);
  rmSync(root, { recursive: true });
  return count();
}

const EACH = Array.from({ length: OPERATIONS }, (_, i) => i + 1);

function start(files: Readonly<Record<string, string>>, at: At | null = null, patienceMs = ''): ChildProcess {
  return spawn(process.execPath, [writer, dist, JSON.stringify(files), JSON.stringify(at), patienceMs], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
}

/** Starts a writer that waits in the middle of its changes; what it returns lets it go on. */
async function startWaiting(): Promise<{ readonly child: ChildProcess; readonly goOn: () => void }> {
  const pipe = join(root, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const child = start(NEW, { operation: OPERATIONS - 4, wait: pipe });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const between = contents();
  expect(between).not.toEqual(OLD);
  expect(between).not.toEqual(NEW);
  return {
    child,
    goOn: () => {
      writeFileSync(pipe, '');
      rmSync(pipe);
    },
  };
}

describe('writing dist, if one operation fails', () => {
  it.each(EACH)('operation %i: leaves the old files and nothing else, and the next run succeeds', async (nth) => {
    const failure: unknown = await update(NEW, failing(nth).fs).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) expect(contents()).toEqual(NEW);
    else {
      expect((failure as Error).message).toMatch(
        /^dist cannot be written; it is unchanged\n[^]*fix: {2}free disk space/,
      );
      expect(contents()).toEqual(OLD);
      expect(emptyFolders()).toEqual([]);
    }
    expect(readdirSync(root)).toEqual(['dist']);
    await update(NEW);
    expect(contents()).toEqual(NEW);
  });

  it('fails for most operations', () => {
    expect(OPERATIONS).toBeGreaterThan(20);
  });

  it('removes a dist that did not exist', async () => {
    rmSync(dist, { recursive: true });
    await expect(update(OLD, failing(14).fs)).rejects.toThrow('dist cannot be written; it is unchanged');
    expect(existsSync(dist)).toBe(false);
  });
});

describe('a writer that is killed', () => {
  it.each(EACH)('at operation %i: the next run puts dist back or goes on, and leaves nothing', async (operation) => {
    expect((await ended(start(NEW, { operation, kill: true }))).signal).toBe('SIGKILL');
    expect(readdirSync(root)).toEqual(['.slipway-dist', 'dist']);
    await restoreDist(dist);
    // The last operation removes the journal, when all is written.
    expect([OLD, NEW]).toContainEqual(contents());
    expect(emptyFolders()).toEqual([]);
    expect(readdirSync(root)).toEqual(['dist']);
    await update(NEW);
    expect(contents()).toEqual(NEW);
  });

  it('is reported to who only reads dist', async () => {
    await ended(start(NEW, { operation: OPERATIONS - 4, kill: true }));
    await expect(awaitDist(dist)).rejects.toThrow(/^dist is half written: the run that wrote it was killed\n/);
  });

  it('does not undo what somebody has changed since', async () => {
    await ended(start(NEW, { operation: OPERATIONS, kill: true }));
    writeFileSync(join(dist, 'a/one.yaml'), 'of git');
    mkdirSync(join(dist, 'c'));
    writeFileSync(join(dist, 'c/gone.yaml'), 'of git');
    await restoreDist(dist);
    expect(contents()).toEqual({ ...OLD, 'a/one.yaml': 'of git', 'c/gone.yaml': 'of git' });
  });

  it('just before it has the lock leaves a folder that the next run removes', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    mkdirSync(join(root, `.slipway-dist.${pid}.1.0123abcd.${machine()}`));
    await update(NEW);
    expect(readdirSync(root)).toEqual(['dist']);
  });
});

describe('a writer that gets a signal between two changes', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s: completes them, then ends by it', async (signal) => {
    const { child, goOn } = await startWaiting();
    child.kill(signal);
    goOn();
    expect(await ended(child)).toEqual({ code: null, signal });
    expect(contents()).toEqual(NEW);
    expect(readdirSync(root)).toEqual(['dist']);
  });
});

describe('several writers', () => {
  it('wait for each other', async () => {
    const { child, goOn } = await startWaiting();
    const others = [start(OLD), start(OLD)].map(ended);
    goOn();
    expect((await ended(child)).code).toBe(0);
    expect(await Promise.all(others)).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    expect(contents()).toEqual(OLD);
    expect(readdirSync(root)).toEqual(['dist']);
  });

  it('take over from a killed one, one of them', async () => {
    await ended(start(NEW, { operation: OPERATIONS - 4, kill: true }));
    const codes = (await Promise.all([start(NEW), start(NEW), start(NEW)].map(ended))).map(({ code }) => code);
    expect(codes).toEqual([0, 0, 0]);
    expect(contents()).toEqual(NEW);
    expect(readdirSync(root)).toEqual(['dist']);
  });

  it('that wait too long say who holds the lock, and change nothing', async () => {
    const { child, goOn } = await startWaiting();
    const between = contents();
    const other = start(OLD, null, '50');
    let message = '';
    other.stderr?.on('data', (data: Buffer) => (message += data.toString()));
    expect((await ended(other)).code).toBe(1);
    expect(message).toContain(
      `another run is writing dist\n  at:   ${root}/.slipway-dist\n  seen: process ${child.pid} on `,
    );
    expect(message).toContain(
      `fix:  wait until it has ended, then run it again; if no such run exists, remove ${root}/.slipway-dist`,
    );
    expect(contents()).toEqual(between);
    goOn();
    expect((await ended(child)).code).toBe(0);
  });

  it('do not take a later process with the same number for the owner', async () => {
    mkdirSync(join(root, '.slipway-dist'));
    // This process, as if it had started at another time.
    writeFileSync(join(root, '.slipway-dist', `owner.${process.pid}.1.0123abcd.${machine()}`), '');
    await update(NEW);
    expect(readdirSync(root)).toEqual(['dist']);
  });
});

/** This machine in the name of a lock's owner, as a process that was killed has left it. */
function machine(): string {
  const other = mkdtempSync(join(tmpdir(), 'slipway-dist-'));
  try {
    const at = JSON.stringify({ operation: 1, kill: true });
    spawnSync(process.execPath, [writer, join(other, 'dist'), JSON.stringify(NEW), at]);
    const [owner = ''] = readdirSync(join(other, '.slipway-dist'));
    return owner.split('.').slice(4).join('.');
  } finally {
    rmSync(other, { recursive: true });
  }
}

const mayChattr = spawnSync('chattr', ['-i', programs]).status === 0;

describe.runIf(mayChattr)('a folder that cannot be changed', () => {
  it.each(['a', 'b', 'c'])('%s: leaves the old files', async (folder) => {
    spawnSync('chattr', ['+i', join(dist, folder)]);
    try {
      await expect(update(NEW)).rejects.toThrow(
        /^dist cannot be written; it is unchanged\n[^]*seen: EPERM[^]*fix: {2}make dist and the folder that it is in writable, then/,
      );
    } finally {
      spawnSync('chattr', ['-i', join(dist, folder)]);
    }
    expect(contents()).toEqual(OLD);
    expect(readdirSync(root)).toEqual(['dist']);
  });
});

it('a link to nowhere in place of dist is left as it is', async () => {
  rmSync(dist, { recursive: true });
  nodeFileSystem.symlinkSync('nowhere', dist);
  await expect(update(NEW)).rejects.toThrow(/^dist cannot be written; it is unchanged\n/);
  expect(readdirSync(root)).toEqual(['dist']);
});

it('Git ignores what a run leaves', () => {
  nodeFileSystem.copyFileSync(join(import.meta.dirname, '..', '..', '.gitignore'), join(root, '.gitignore'));
  spawnSync('git', ['init', '--quiet'], { cwd: root });
  const ignored = ['.slipway-dist/', '.slipway-dist.1.2.3.x/'];
  const { stdout } = spawnSync('git', ['check-ignore', ...ignored], { cwd: root, encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual(ignored);
});
