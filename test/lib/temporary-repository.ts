import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import type { ValuesModule } from '../../cli/exported.ts';
import { execute } from '../../cli/main.ts';
import { repository } from '../fleets/repository.ts';
import { copyTestClusters } from './cluster-files.ts';
import { REPOSITORY } from './load-fleet.ts';

/** The exit code and output of a command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const FLEET_FILE = `import type { Repository } from '../charts/applications.ts';

export const repository: Repository = ${JSON.stringify(repository)};
`;

/** A temporary repository with the product tests' clusters and a rendered dist, which a test may modify. */
export class TemporaryRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'slipway-repository-'));
  readonly dist = join(this.root, 'dist');
  private rendered: Readonly<Record<string, string>> = {};
  private imports = 0;

  /** Creates a repository and renders its dist. @throws Error if the clusters do not render */
  static async make(): Promise<TemporaryRepository> {
    const made = new TemporaryRepository();
    const { code, stderr } = await made.run('synth');
    if (code !== 0) throw new Error(stderr);
    made.rendered = made.contents();
    return made;
  }

  private constructor() {
    for (const part of ['cli', 'package.json', 'cdk8s.yaml', 'tsconfig.json'])
      cpSync(join(REPOSITORY, part), join(this.root, part), { recursive: true });
    for (const part of ['charts', 'node_modules']) symlinkSync(join(REPOSITORY, part), join(this.root, part));
    copyTestClusters(this.root);
    this.put('clusters/fleet.ts', FLEET_FILE);
  }

  /** Runs a command in this process, which is several times faster than spawning one. */
  async run(...args: readonly string[]): Promise<Ended> {
    const written = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((stream) =>
      vi.spyOn(process[stream], 'write').mockImplementation((text) => {
        written[stream] += String(text);
        return true;
      }),
    );
    try {
      const code = await execute(args, {
        root: this.root,
        dist: this.dist,
        repository,
        importer: { cluster: (name) => this.import(name, 'cluster.ts'), rings: () => this.import('rings.ts') },
      });
      return { code, ...written };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  /** Runs a command in its own process, as a user does. */
  spawn(args: readonly string[], input = ''): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', ...args], {
      cwd: this.root,
      encoding: 'utf8',
      input,
    });
    return { code: status, stdout, stderr };
  }

  /** Starts a command that runs until it is stopped. */
  start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, ['cli/slipway.mjs', ...args], { cwd: this.root });
  }

  /** The text of a file. */
  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  /** Writes a file and creates its folders. */
  put(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Changes a file while a function runs, then restores it. @throws Error if the text would stay the same */
  async spoiling<T>(file: string, change: (text: string) => string, during: () => T | Promise<T>): Promise<T> {
    const before = this.read(file);
    const after = change(before);
    if (after === before) throw new Error(`${file} would not change`);
    this.put(file, after);
    try {
      return await during();
    } finally {
      this.put(file, before);
    }
  }

  /** Every file of dist, with its content. */
  contents(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(this.dist, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
        .map((file) => [file.slice(this.dist.length + 1), readFileSync(file, 'utf8')]),
    );
  }

  /** Restores dist to its rendered state. */
  restore(): void {
    const now = this.contents();
    for (const path of Object.keys(now)) if (!(path in this.rendered)) rmSync(join(this.dist, path));
    for (const [path, text] of Object.entries(this.rendered)) if (now[path] !== text) this.put(`dist/${path}`, text);
  }

  /** Removes the repository. */
  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Node caches modules by URL: each import uses a new one. */
  private import(...path: readonly string[]): Promise<ValuesModule> {
    const file = join(this.root, 'clusters', ...path);
    return import(`${file}?${(this.imports += 1)}`) as Promise<ValuesModule>;
  }
}
