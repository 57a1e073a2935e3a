import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDist, updateDist } from '../../cli/dist.ts';

let dist: string;

beforeEach(() => {
  dist = join(mkdtempSync(join(tmpdir(), 'slipway-dist-')), 'dist');
});

afterEach(() => {
  rmSync(join(dist, '..'), { recursive: true, force: true });
});

function files(entries: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(entries));
}

async function update(wanted: Map<string, string>, within?: string[]): Promise<void> {
  await updateDist(dist, wanted, () => compareDist(dist, wanted, within));
}

function present(): string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
    .toSorted();
}

describe('writing dist', () => {
  it('adds new files, and removes files that are no longer rendered and their empty folders', async () => {
    await update(files({ 'one/a/x.yaml': 'x', 'one/b/y.yaml': 'y' }));
    await update(files({ 'one/a/x.yaml': 'x', 'two/c/z.yaml': 'z' }));
    expect(present()).toEqual(['one/a/x.yaml', 'two/c/z.yaml']);
    expect(readdirSync(join(dist, 'one'))).toEqual(['a']);
  });

  it('does not touch unchanged files', async () => {
    await update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'y' }));
    const before = statSync(join(dist, 'one/x.yaml'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'changed' }));
    const after = statSync(join(dist, 'one/x.yaml'));
    expect([after.mtimeMs, after.ino]).toEqual([before.mtimeMs, before.ino]);
    expect(readFileSync(join(dist, 'one/y.yaml'), 'utf8')).toBe('changed');
  });

  it('changes only the folders of the rendered clusters', async () => {
    await update(files({ 'one/x.yaml': 'x', 'two/y.yaml': 'y' }));
    await update(files({ 'one/z.yaml': 'z' }), ['one']);
    expect(present()).toEqual(['one/z.yaml', 'two/y.yaml']);
  });

  it('leaves nothing beside dist', async () => {
    await update(files({ 'one/x.yaml': 'x' }));
    expect(readdirSync(join(dist, '..'))).toEqual(['dist']);
    expect(readdirSync(dist)).toEqual(['one']);
  });

  it('writes a file where a folder was, and the reverse', async () => {
    await update(files({ 'one/a': 'x', 'one/b/y.yaml': 'y' }));
    await update(files({ 'one/a/x.yaml': 'x', 'one/b': 'y' }));
    expect(present()).toEqual(['one/a/x.yaml', 'one/b']);
  });

  it('throws and changes nothing if an empty folder is where a file must be', async () => {
    await update(files({ 'one/x.yaml': 'old' }));
    mkdirSync(join(dist, 'one/y.yaml'));
    const changing = update(files({ 'one/x.yaml': 'new', 'one/y.yaml': 'y' }));
    await expect(changing).rejects.toThrow(
      /^dist cannot be written; it is unchanged\n.*\n {2}seen: EISDIR.*one\/y\.yaml'\n {2}fix: {2}remove the folder that/,
    );
    expect(readFileSync(join(dist, 'one', 'x.yaml'), 'utf8')).toBe('old');
    expect(readdirSync(join(dist, '..'))).toEqual(['dist']);
  });

  it.skipIf(process.getuid?.() === 0)('throws if the folder is read-only', async () => {
    mkdirSync(dist);
    chmodSync(dist, 0o555);
    await expect(update(files({ 'one/x.yaml': 'x' }))).rejects.toThrow(/dist cannot be written/);
    chmodSync(dist, 0o755);
  });
});

describe('comparing dist', () => {
  it('distinguishes stale, missing and extra files, untracked ones included', async () => {
    await update(files({ 'one/stale.yaml': 'old', 'one/same.yaml': 'same' }));
    writeFileSync(join(dist, 'one', 'left-over.txt'), '');
    expect(
      compareDist(dist, files({ 'one/stale.yaml': 'new', 'one/same.yaml': 'same', 'one/missing.yaml': '' })),
    ).toEqual({
      stale: ['one/stale.yaml'],
      missing: ['one/missing.yaml'],
      extra: ['one/left-over.txt'],
    });
  });

  it('treats a missing dist as empty', () => {
    expect(compareDist(dist, files({ 'one/x.yaml': 'x' }))).toEqual({ stale: [], missing: ['one/x.yaml'], extra: [] });
  });
});
