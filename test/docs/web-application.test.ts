import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { applyDiff, type Block, blocksOf } from '../../cli/fork/recipe.ts';

const VARIATION = /^Variation/;
/** Starting two programs takes seconds on a busy machine. */
const TIMEOUT = 120_000;

/** The test of the copy, beside the one of the document. */
const RENDERED = `import { expect, it } from 'vitest';
import { INVARIANTS } from './invariants/all.ts';
import { violationsOf } from './invariants/waivers.ts';
import { renderTestFleet } from './lib/fleet.ts';

it('renders and meets every invariant', async () => {
  const clusters = (await renderTestFleet()).filter(({ objects }) => objects.some((o) => o.component === 'handbook'));
  expect(clusters.map(({ name }) => name)).toEqual(['test-kind']);
  expect(clusters.flatMap((cluster) => INVARIANTS.flatMap((one) => violationsOf(cluster, one)))).toEqual([]);
}, 120_000);
`;

/** A copy of the charts, the invariants and the product tests' clusters, to which the document is applied. */
class Copy {
  private readonly folder = mkdtempSync(join(tmpdir(), 'slipway-web-application-'));

  constructor() {
    for (const part of [
      'charts',
      'cli',
      // Alerts name its pages.
      'docs/runbooks',
      'test/fleets',
      'test/invariants',
      'test/lib',
      'package.json',
      'vitest.config.ts',
    ])
      cpSync(join(REPOSITORY, part), join(this.folder, part), {
        recursive: true,
        filter: (path) => !/\.test(?:ing)?\.ts$/.test(path),
      });
    this.write('test/rendered.test.ts', RENDERED);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.folder, 'node_modules'));
    // The copy has only the product tests' clusters, and no services.
    for (const empty of ['apps', 'clusters', 'dist']) mkdirSync(join(this.folder, empty));
    const { compilerOptions } = JSON.parse(readFileSync(join(REPOSITORY, 'tsconfig.json'), 'utf8')) as object & {
      readonly compilerOptions: object;
    };
    this.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['charts', 'test/fleets'] }));
  }

  apply({ file, language, code }: Block): void {
    const path = file
      .replace('clusters/<name>/', 'test/fleets/clusters/test-kind/')
      .replace('clusters/pins/<ring>/', 'test/fleets/clusters/pins/first/');
    if (language === 'diff') this.write(path, applyDiff(this.read(path), code));
    else this.write(path, code);
  }

  /** Runs a program of node_modules; returns what it wrote unless it succeeded. */
  run(program: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join('node_modules', program), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    return status === 0 ? '' : stdout + stderr;
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }
}

const blocks = blocksOf(readFileSync(join(REPOSITORY, 'docs', 'add-a-web-application.md'), 'utf8'));
const copy = new Copy();
afterAll(() => copy.delete());

describe.each([
  ['the web application', blocks.filter(({ section }) => !VARIATION.test(section))],
  ['its variation', blocks.filter(({ section }) => VARIATION.test(section))],
])('%s of docs/add-a-web-application.md', (_, own) => {
  it(
    'compiles, passes its test, renders and meets every invariant',
    () => {
      expect(own.length).toBeGreaterThan(0);
      for (const block of own) copy.apply(block);
      expect(copy.run('typescript/bin/tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', '.tsbuildinfo')).toBe('');
      // Of two workers each would load all modules for itself, for a test or two.
      expect(copy.run('vitest/vitest.mjs', 'run', '--project', 'fleet', '--maxWorkers', '1')).toBe('');
    },
    TIMEOUT,
  );
});

describe('a diff of a document', () => {
  it('replaces its lines', () => {
    expect(applyDiff('a\nb\nc\n', ' a\n-b\n+x\n+y\n')).toBe('a\nx\ny\nc\n');
  });

  it('that does not apply, or applies twice, is an error', () => {
    expect(() => applyDiff('a\n', ' b\n+x\n')).toThrow(/applies 0 times/);
    expect(() => applyDiff('a\na\n', ' a\n+x\n')).toThrow(/applies 2 times/);
  });
});
