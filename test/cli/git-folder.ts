import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** Git without the settings of whoever runs the tests. */
const ENV = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/** A folder that is a Git repository, or becomes one, with code of its own. */
export class GitFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Makes it a repository, with the packages of this one. */
  begin(): void {
    if (!this.has('node_modules')) symlinkSync(join(REPOSITORY, 'node_modules'), join(this.root, 'node_modules'));
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('config', 'user.name', 'a');
    this.git('config', 'user.email', 'a@example.com');
    // A link is no folder to .gitignore.
    writeFileSync(join(this.root, '.git', 'info', 'exclude'), '/node_modules\n');
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: this.root,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 26,
    });
  }

  /** Runs the repository's own command. */
  slipway(...args: readonly string[]): { readonly code: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', ...args], {
      cwd: this.root,
      env: ENV,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  }

  has(file: string): boolean {
    return existsSync(join(this.root, file));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  /** Changes the text of a file. @throws Error if it is unchanged, because the edit is then out of date */
  edit(file: string, change: (text: string) => string): void {
    const before = this.read(file);
    const after = change(before);
    if (after === before) throw new Error(`the edit does not change ${file}`);
    this.write(file, after);
  }

  /** Commits everything. @returns the commit */
  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** Renders, and commits everything. @returns the commit @throws Error if it does not render */
  render(message: string): string {
    this.succeed('synth');
    return this.commit(message);
  }

  /** Runs the repository's own command. @returns what it prints @throws Error if it fails */
  succeed(...args: readonly string[]): string {
    const { code, output } = this.slipway(...args);
    if (code !== 0) throw new Error(`slipway ${args.join(' ')}: ${output}`);
    return output;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
