import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

interface Kept {
  readonly file: string;
  readonly map: string | Buffer;
}

interface Cache {
  find(): Kept | undefined;
  keep(made: { readonly code: string; readonly map: string; readonly inputs: readonly string[] }): Kept | undefined;
}

// What starts before anything is bundled is JavaScript, without types.
const { BundleCache } = (await import(join(REPOSITORY, 'cli', 'bundle-cache.mjs'))) as {
  BundleCache: new (root: string) => Cache;
};

const SOURCES = ['cli/main.ts', 'charts/lib/a.ts', 'clusters/local/cluster.ts'];
const PACKAGE = 'node_modules/zod/index.js';
const MADE = { code: 'export const main = 1;\n', map: '{\n"mappings": ""\n}', inputs: [...SOURCES, PACKAGE] };

let root: string;
let cacheHome: string;
beforeEach(() => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-bundles-')));
  [root, cacheHome] = [join(scratch, 'repository'), join(scratch, 'cache')];
  vi.stubEnv('XDG_CACHE_HOME', cacheHome);
  for (const path of [...SOURCES, PACKAGE, 'package.json', 'node_modules/.package-lock.json']) write(path, path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dirname(root), { recursive: true });
});

const folder = (): string => join(cacheHome, 'slipway', 'bundle');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const find = (): Kept | undefined => new BundleCache(root).find();
const keep = (made = MADE): Kept | undefined => new BundleCache(root).keep(made);

describe('a bundle', () => {
  it('is found as long as nothing changes, by whoever may read it alone', () => {
    expect(find()).toBeUndefined();
    const kept = keep();
    expect(find()?.file).toBe(kept?.file);
    expect(JSON.parse(String(find()?.map))).toEqual({ mappings: '' });
    expect(readFileSync(kept?.file ?? '', 'utf8')).toMatch(/^export const main = 1;\n/);
    expect([folder(), kept?.file ?? ''].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it.each([
    ['a source', 'charts/lib/a.ts'],
    ['a package', PACKAGE],
    ['what npm has installed', 'node_modules/.package-lock.json'],
    ['package.json', 'package.json'],
  ])('is not found after an edit of %s of the same size in the same second, but after it is undone', (_, path) => {
    const { file } = keep() ?? {};
    const { atime, mtime } = statSync(join(root, path));
    write(path, path.replace(/\w/, '_'));
    utimesSync(join(root, path), atime, mtime);
    expect(find()).toBeUndefined();
    write(path, path);
    expect(find()?.file).toBe(file);
  });

  it.each(['clusters/new/cluster.ts', 'charts/lib/a.js', 'cli/tsconfig.json', 'tsconfig.json'])(
    'is not found once there is %s',
    (path) => {
      keep();
      write(path, '');
      expect(find()).toBeUndefined();
    },
  );

  it('is not found once a cluster is gone', () => {
    keep();
    rmSync(join(root, 'clusters/local'), { recursive: true });
    expect(find()).toBeUndefined();
  });

  it('is found after an edit of a test', () => {
    write('charts/lib/a.test.ts', 'a');
    keep();
    write('charts/lib/a.test.ts', 'b');
    expect(find()).toBeDefined();
  });

  it('is not found while it is damaged, and is kept anew', () => {
    const { file = '' } = keep() ?? {};
    const text = readFileSync(file, 'utf8');
    for (const damage of [
      () => truncateSync(file, text.length - 20),
      () => truncateSync(file, 0),
      () => writeFileSync(file, text.replace('main = 1', 'main = 2')),
    ]) {
      damage();
      expect(find()).toBeUndefined();
      expect(keep()?.file).toBe(file);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });
});

describe('no bundle is kept', () => {
  afterEach(() => expect(existsSync(folder()) ? readdirSync(folder()) : []).toEqual([]));

  it.each([
    ['of a file elsewhere', () => keep({ ...MADE, inputs: [...MADE.inputs, '../elsewhere.ts'] })],
    ['of a package that npm has not installed', () => keep({ ...MADE, inputs: ['apps/items/main.ts'] })],
    [
      'of a source that was edited meanwhile',
      () => {
        const cache = new BundleCache(root);
        write('cli/main.ts', 'edited');
        return cache.keep(MADE);
      },
    ],
    [
      'of a folder that is a link',
      () => {
        symlinkSync(join(root, 'clusters/local'), join(root, 'clusters/linked'));
        return keep();
      },
    ],
    [
      'without a list of what is installed',
      () => {
        rmSync(join(root, 'node_modules/.package-lock.json'));
        return keep();
      },
    ],
    [
      'where others can write',
      () => {
        mkdirSync(folder(), { recursive: true });
        chmodSync(folder(), 0o777);
        return keep();
      },
    ],
  ])('%s', (_, act) => {
    expect(act()).toBeUndefined();
    expect(find()).toBeUndefined();
  });
});

it('keeps those that were used last, and those of the last minute', () => {
  const old = Array.from({ length: 30 }, (_, i) => join(folder(), `old-${String(i).padStart(2, '0')}`));
  mkdirSync(folder(), { recursive: true });
  chmodSync(folder(), 0o700);
  for (const [i, file] of old.entries()) {
    writeFileSync(file, '');
    utimesSync(file, 1000 + i, 1000 + i);
  }
  const { file } = keep() ?? {};
  expect(new Set(readdirSync(folder()).map((name) => join(folder(), name)))).toEqual(new Set([file, ...old.slice(11)]));
  for (const name of old) writeFileSync(name, '');
  keep();
  expect(readdirSync(folder())).toHaveLength(31);
});
