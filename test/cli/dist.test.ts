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
  it('writes what is new, removes what nothing renders, and its folders', () => {
    update(files({ 'one/a/x.yaml': 'x', 'one/b/y.yaml': 'y' }));
    update(files({ 'one/a/x.yaml': 'x', 'two/c/z.yaml': 'z' }));
    expect(present()).toEqual(['one/a/x.yaml', 'two/c/z.yaml']);
    expect(readdirSync(join(dist, 'one'))).toEqual(['a']);
  });

  it('leaves files alone whose bytes are the same', async () => {
    update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'y' }));
    const before = statSync(join(dist, 'one/x.yaml'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    update(files({ 'one/x.yaml': 'x', 'one/y.yaml': 'changed' }));
    const after = statSync(join(dist, 'one/x.yaml'));
    expect([after.mtimeMs, after.ino]).toEqual([before.mtimeMs, before.ino]);
    expect(readFileSync(join(dist, 'one/y.yaml'), 'utf8')).toBe('changed');
  });

  it('touches only the folders of the clusters that were rendered', () => {
    update(files({ 'one/x.yaml': 'x', 'two/y.yaml': 'y' }));
    update(files({ 'one/z.yaml': 'z' }), ['one']);
    expect(present()).toEqual(['one/z.yaml', 'two/y.yaml']);
  });

  it('leaves nothing of its own behind', () => {
    update(files({ 'one/x.yaml': 'x' }));
    expect(readdirSync(dist)).toEqual(['one']);
  });

  it('says so, and changes nothing, if dist cannot be written', () => {
    mkdirSync(join(dist, 'one'), { recursive: true });
    writeFileSync(join(dist, 'one', 'x.yaml'), 'old');
    // A file where a folder is needed: fails for every user, root too.
    writeFileSync(join(dist, 'two'), 'in the way');
    const wanted = files({ 'one/x.yaml': 'new', 'two/y.yaml': 'y' });
    expect(() => update(wanted)).toThrow(/dist cannot be written[\s\S]*fix: +make the folder writable/);
    expect(readFileSync(join(dist, 'one', 'x.yaml'), 'utf8')).toBe('old');
    expect(present()).toEqual(['one/x.yaml', 'two']);
  });

  it.skipIf(process.getuid?.() === 0)('says so if the folder may not be written', () => {
    mkdirSync(dist);
    chmodSync(dist, 0o555);
    expect(() => update(files({ 'one/x.yaml': 'x' }))).toThrow(/dist cannot be written/);
    chmodSync(dist, 0o755);
  });
});

describe('comparing dist', () => {
  it('tells stale, missing and extra files apart, untracked ones too', () => {
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

  it('takes a dist that is not there for empty', () => {
    expect(compareDist(dist, files({ 'one/x.yaml': 'x' }))).toEqual({ stale: [], missing: ['one/x.yaml'], extra: [] });
  });
});
