import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { type Hold, holdsSchema } from '../../charts/holds.ts';
import type { RingsFile } from '../../charts/rings.ts';
import { hold, type HoldOptions } from '../../cli/holds/hold.ts';
import { release, type ReleaseOptions } from '../../cli/holds/release.ts';
import { rollback, type RollbackOptions } from '../../cli/holds/rollback.ts';
import { LAPTOP, pinsOf } from './fleet-folder.ts';
import { GitFleet } from './git-fleet.ts';

/** Why, and until when. */
export const REASON = { because: 'it leaks memory', until: '2099-12-31' };

/** A cluster of the fleet; only the first one has the service items. */
export const clusterOf = (name: string, change: Partial<ClusterFile> = {}): ClusterFile => ({
  ...LAPTOP,
  domain: `${name}.localhost`,
  services: { ...LAPTOP.services, ...(name === 'one' && { items: { replicas: 1 } }) },
  ...change,
});

/** A fleet of one ring in a Git repository, committed. */
export class HoldFleet extends GitFleet {
  private begin = '';
  private readonly files = new Map<string, ClusterFile>();

  static async make(files: Readonly<Record<string, ClusterFile>>): Promise<HoldFleet> {
    const fleet = new HoldFleet();
    for (const [name, file] of Object.entries(files)) {
      fleet.files.set(name, file);
      fleet.change(name, file);
    }
    const pins = Object.values(files).map((file) => pinsOf(file));
    fleet.pin('pair', Object.assign({}, ...pins) as object);
    fleet.init();
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

  protected override get ringsOfAll(): RingsFile {
    return { pair: { clusters: [...this.files.keys()] } };
  }

  /** Replaces a version in the file of a component. */
  move(component: string, pin: string, version: string): void {
    const file = `clusters/pins/pair/${component}.json`;
    const pins = JSON.parse(this.read(file)) as Readonly<Record<string, object>>;
    this.write(file, `${JSON.stringify({ ...pins, [pin]: { ...pins[pin], version } }, null, 2)}\n`);
  }

  /** Runs a line as a shell does. */
  shell(line: string): void {
    execFileSync('sh', ['-c', line], { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'] });
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
}
