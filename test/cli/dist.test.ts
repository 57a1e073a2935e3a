import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDist, writeDist } from '../../cli/dist.ts';

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

function update(wanted: Map<string, string>, within?: string[]): void {
  writeDist(dist, wanted, compareDist(dist, wanted, within));
}

function present(): string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
    .toSorted();
}

describe('writing dist', () => {
  it('adds new files, and removes files that are no longer rendered and their empty folders', () => {
    update(files({ 'one/a/x.yaml': 'x', 'one/b/y.yaml': 'y' }));
    update(files({ 'one/a/x.yaml': 'x', 'two/c/z.yaml': 'z' }));
    expect(present()).toEqual(['one/a/x.yaml', 'two/c/z.yaml']);
    expect(readdirSync(join(dist, 'one'))).toEqual(['a']);
  });

  it('does not touch unchanged files', async () => {
    update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'y' }));
    const before = statSync(join(dist, 'one/x.yaml'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'changed' }));
    const after = statSync(join(dist, 'one/x.yaml'));
    expect([after.mtimeMs, after.ino]).toEqual([before.mtimeMs, before.ino]);
    expect(readFileSync(join(dist, 'one/y.yaml'), 'utf8')).toBe('changed');
  });

  it('changes only the folders of the rendered clusters', () => {
    update(files({ 'one/x.yaml': 'x', 'two/y.yaml': 'y' }));
    update(files({ 'one/z.yaml': 'z' }), ['one']);
    expect(present()).toEqual(['one/z.yaml', 'two/y.yaml']);
  });

  it('removes its temporary folder', () => {
    update(files({ 'one/x.yaml': 'x' }));
    expect(readdirSync(dist)).toEqual(['one']);
  });

  it('throws and changes nothing if dist cannot be written', () => {
    mkdirSync(join(dist, 'one'), { recursive: true });
    writeFileSync(join(dist, 'one', 'x.yaml'), 'old');
    // A file where a folder is needed: fails for every user, including root.
    writeFileSync(join(dist, 'two'), 'in the way');
    const wanted = files({ 'one/x.yaml': 'new', 'two/y.yaml': 'y' });
    expect(() => update(wanted)).toThrow(/dist cannot be written[\s\S]*fix: +make the folder writable/);
    expect(readFileSync(join(dist, 'one', 'x.yaml'), 'utf8')).toBe('old');
    expect(present()).toEqual(['one/x.yaml', 'two']);
  });

  it.skipIf(process.getuid?.() === 0)('throws if the folder is read-only', () => {
    mkdirSync(dist);
    chmodSync(dist, 0o555);
    expect(() => update(files({ 'one/x.yaml': 'x' }))).toThrow(/dist cannot be written/);
    chmodSync(dist, 0o755);
  });
});

describe('comparing dist', () => {
  it('distinguishes stale, missing and extra files, untracked ones included', () => {
    update(files({ 'one/stale.yaml': 'old', 'one/same.yaml': 'same' }));
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
