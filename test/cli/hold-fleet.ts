import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { type Hold, holdsSchema } from '../../charts/holds.ts';
import { hold, type HoldOptions } from '../../cli/holds/hold.ts';
import { release, type ReleaseOptions } from '../../cli/holds/release.ts';
import { rollback, type RollbackOptions } from '../../cli/holds/rollback.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP, pinsOf } from './fleet-folder.ts';

/** Why, and until when. */
export const REASON = { because: 'it leaks memory', until: '2099-12-31' };

/** A cluster of the fleet; only the first one has the service items. */
export const clusterOf = (name: string, change: Partial<ClusterFile> = {}): ClusterFile => ({
  ...LAPTOP,
  domain: `${name}.localhost`,
  services: { ...LAPTOP.services, ...(name === 'one' && { items: { replicas: 1 } }) },
  ...change,
});

/** A fleet of one ring in a Git repository, committed. Git is without the settings of whoever runs the tests. */
export class HoldFleet extends FleetFolder {
  private begin = '';
  private readonly files = new Map<string, ClusterFile>();

  static async make(files: Readonly<Record<string, ClusterFile>>): Promise<HoldFleet> {
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    for (const who of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${who}_NAME`, 'Ann');
      vi.stubEnv(`GIT_${who}_EMAIL`, 'ann@example.com');
    }
    const fleet = new HoldFleet();
    for (const [name, file] of Object.entries(files)) {
      fleet.files.set(name, file);
      fleet.change(name, file);
    }
    const pins = Object.values(files).map((file) => pinsOf(file));
    fleet.pin('pair', Object.assign({}, ...pins) as object);
    fleet.git('init', '--quiet', '--initial-branch', 'main');
    fleet.begin = await fleet.commit('Begin');
    return fleet;
  }

  /** Undoes whatever a test did. */
  restore(): void {
    // It ends a merge, too.
    this.git('reset', '--quiet', '--hard');
    this.git('switch', '--quiet', '--discard-changes', '--force-create', 'main', this.begin);
    this.git('clean', '--quiet', '--force', '-d', '-x');
    for (const [name, file] of this.files) this.change(name, file);
  }

  /** Replaces what a cluster says, but for its pins. */
  change(name: string, file: ClusterFile): void {
    this.add(name, file, { pins: {} });
    this.remove(`clusters/pins/${name}`);
    this.ring({ pair: { clusters: [...this.files.keys()] } });
  }

  /** Replaces a version in the file of a component. */
  move(component: string, pin: string, version: string): void {
    const file = `clusters/pins/pair/${component}.json`;
    const pins = JSON.parse(this.read(file)) as Readonly<Record<string, object>>;
    this.write(file, `${JSON.stringify({ ...pins, [pin]: { ...pins[pin], version } }, null, 2)}\n`);
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  }

  /** Runs a line as a shell does. */
  shell(line: string): void {
    execFileSync('sh', ['-c', line], { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Renders, and commits everything. @returns the commit */
  async commit(message: string): Promise<string> {
    await synth(this, []);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.head();
  }

  head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** Message and files of the last commit. */
  last(): { readonly message: string; readonly files: readonly string[] } {
    return {
      message: this.git('show', '--no-patch', '--format=%B', 'HEAD').trim(),
      files: this.git('show', '--format=', '--name-status', '--no-renames', 'HEAD').trim().split('\n'),
    };
  }

  /** Texts of a component's files. */
  texts(cluster: string, component: string): Readonly<Record<string, string>> {
    const folder = `dist/${cluster}/${component}`;
    return Object.fromEntries(this.filesBelow(folder).map((path) => [path, this.read(join(folder, path))]));
  }

  holdsOf(cluster: string): Readonly<Record<string, Hold>> {
    return holdsSchema.parse(JSON.parse(this.read(`clusters/${cluster}/holds.json`)));
  }

  hold(component: string, options: Partial<HoldOptions>): Promise<string> {
    return hold(this, component, { ...REASON, ...options });
  }

  release(component: string, options: ReleaseOptions): Promise<string> {
    return release(this, component, options);
  }

  rollback(component: string, options: Partial<RollbackOptions>): Promise<string> {
    return rollback(this, component, { ...REASON, steps: '1', ...options });
  }

  /** Why a command fails; nothing must have been written. */
  async refusal(command: () => Promise<string>): Promise<string> {
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
    ]
      .map((args) => this.git(...args))
      .join('');
  }

  override remove(path = ''): void {
    if (path === '') vi.unstubAllEnvs();
    super.remove(path);
  }
}
