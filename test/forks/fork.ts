import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clusterNames } from '../../cli/load.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** A folder with the files of the repository, to be edited as a team edits its fork. */
export class Fork {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-fork-'));

  private constructor() {}

  /** A copy of the repository's working tree. */
  static ofRepository(): Fork {
    const fork = new Fork();
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    for (const file of listed.split('\0').filter((path) => path !== '' && existsSync(join(REPOSITORY, path)))) {
      mkdirSync(dirname(join(fork.folder, file)), { recursive: true });
      cpSync(join(REPOSITORY, file), join(fork.folder, file), { verbatimSymlinks: true });
    }
    symlinkSync(join(REPOSITORY, 'node_modules'), join(fork.folder, 'node_modules'));
    return fork;
  }

  /** A copy of this one. */
  copied(): Fork {
    const fork = new Fork();
    cpSync(this.folder, fork.folder, { recursive: true, verbatimSymlinks: true });
    return fork;
  }

  get clusters(): string[] {
    return clusterNames(this.folder);
  }

  /** True if the file or folder exists. */
  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  /** The names in a folder; none if it does not exist. */
  list(path: string): string[] {
    return this.has(path) ? readdirSync(join(this.folder, path)) : [];
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Changes the text of a file. @throws Error if the text is unchanged, because the edit is then out of date */
  edit(path: string, change: (text: string) => string): void {
    const before = this.read(path);
    const after = change(before);
    if (after === before) throw new Error(`the edit does not change ${path}`);
    this.write(path, after);
  }

  /** Removes a file or folder. @throws Error if it does not exist */
  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  move(from: string, to: string): void {
    renameSync(join(this.folder, from), join(this.folder, to));
  }

  copy(from: string, to: string): void {
    cpSync(join(this.folder, from), join(this.folder, to), { recursive: true });
  }

  /** Runs the command line. @returns what it prints @throws Error if it fails */
  run(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/slipway.mjs', ...args], {
      cwd: this.folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`slipway ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Makes the copy a Git repository with one commit, of all but the packages: Argo CD refuses to read a link to them. */
  commitAll(): void {
    this.git('init', '--quiet', '--initial-branch=main');
    appendFileSync(join(this.folder, '.git', 'info', 'exclude'), '/node_modules\n');
    this.git('add', '--all');
    const by = ['-c', 'user.name=fork', '-c', 'user.email=fork@example.com', '-c', 'commit.gpgsign=false'];
    this.git(...by, 'commit', '--quiet', '--message', 'All');
  }

  git(...args: readonly string[]): void {
    execFileSync('git', args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Deletes the copy. */
  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
