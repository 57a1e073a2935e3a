import { execFileSync } from 'node:child_process';
import { vi } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import type { RingsFile } from '../../charts/rings.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder } from './fleet-folder.ts';

/** A fleet in a Git repository, which is without the settings of whoever runs the tests. */
export abstract class GitFleet extends FleetFolder {
  protected abstract readonly ringsOfAll: RingsFile;

  /** Makes the repository's first branch, `main`. Everything that tests commit is by Ann. */
  protected init(): void {
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    for (const who of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${who}_NAME`, 'Ann');
      vi.stubEnv(`GIT_${who}_EMAIL`, 'ann@example.com');
    }
    this.git('init', '--quiet', '--initial-branch', 'main');
  }

  /** Replaces what a cluster says, but for its pins. */
  change(name: string, file: ClusterFile): void {
    this.add(name, file, { pins: {} });
    this.remove(`clusters/pins/${name}`);
    this.ring(this.ringsOfAll);
  }

  git(...args: readonly string[]): string {
    return this.gitAt(new Date(), ...args);
  }

  /** Git at a time. */
  gitAt(time: Date, ...args: readonly string[]): string {
    const date = time.toISOString();
    return execFileSync('git', args, {
      cwd: this.root,
      env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).toString();
  }

  /** Renders, and commits everything. @returns the commit */
  async commit(message: string, time = new Date()): Promise<string> {
    await synth(this, []);
    this.git('add', '--all');
    this.gitAt(time, 'commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** Why a command fails; nothing must have been written. */
  async refusalOf(command: () => Promise<string>): Promise<string> {
    const before = this.state();
    const message = await command().then(
      (text) => `it did not fail: ${text}`,
      (error: unknown) => (error as Error).message,
    );
    if (this.state() !== before) throw new Error(`something was written: ${message}`);
    return message;
  }

  /** Commits, index and working tree. */
  state(): string {
    return [
      ['rev-parse', 'HEAD'],
      ['status', '--porcelain', '--untracked-files=all'],
      ['diff', 'HEAD'],
      ['stash', 'list'],
    ]
      .map((args) => this.git(...args))
      .join('');
  }

  override remove(path = ''): void {
    if (path === '') vi.unstubAllEnvs();
    super.remove(path);
  }
}
