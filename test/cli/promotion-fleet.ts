import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import type { RingsFile } from '../../charts/rings.ts';
import { promote, type PromoteOptions } from '../../cli/promotion/promote.ts';
import { LAPTOP, PINS, pinsOf } from './fleet-folder.ts';
import { GitFleet } from './git-fleet.ts';

/** The rings of the fleet: `one` is in the first one, `two` and `three` follow. */
export const RINGS = {
  staging: { clusters: ['one'] },
  production: { clusters: ['two'], soak: '10d' },
  edge: { clusters: ['three'] },
} satisfies RingsFile;

const CLUSTERS = ['one', 'two', 'three'];

/** When everything is committed that a test gives no time for. */
const BEGUN = new Date('2026-01-01T12:00:00Z');

/** When `staging` got the newer version of whoami, and ten days later. */
export const [MOVED, SOAKED] = [new Date('2026-02-01T12:00:30Z'), new Date('2026-02-11T12:00:30Z')];

/** The pin of whoami in a version. */
export const whoami = (version: string) => ({ whoami: { ...PINS['whoami'], version } });

const cluster = (name: string): ClusterFile => ({ ...LAPTOP, domain: `${name}.localhost` });

/** A fleet in a Git repository, committed: `staging` has whoami 1.1.0, the rings that follow have 1.0.0. */
export class PromotionFleet extends GitFleet {
  protected override readonly ringsOfAll = RINGS;
  private readonly saved = mkdtempSync(join(tmpdir(), 'slipway-fleet-saved-'));

  static async make(): Promise<PromotionFleet> {
    const fleet = new PromotionFleet();
    for (const name of CLUSTERS) fleet.change(name, cluster(name));
    for (const ring of Object.keys(RINGS)) fleet.pin(ring, pinsOf(LAPTOP));
    fleet.init();
    await fleet.commit('Begin', BEGUN);
    await fleet.move('staging', '1.1.0', MOVED);
    fleet.git('gc', '--quiet', '--prune=now');
    cpSync(join(fleet.root, '.git'), fleet.saved, { recursive: true });
    return fleet;
  }

  /** Undoes whatever a test did: Git's own folder is small, and says which other files are not as they were. */
  restore(): void {
    rmSync(join(this.root, '.git'), { recursive: true, force: true });
    cpSync(this.saved, join(this.root, '.git'), { recursive: true });
    this.git('reset', '--quiet', '--hard');
    this.git('clean', '--quiet', '-ff', '-d', '-x');
    for (const name of CLUSTERS) this.change(name, cluster(name));
  }

  override git(...args: readonly string[]): string {
    return this.gitAt(BEGUN, ...args);
  }

  /** Gives a ring a version of whoami, and commits that. */
  async move(ring: string, version: string, time: Date): Promise<void> {
    this.write(`clusters/pins/${ring}/whoami.json`, `${JSON.stringify(whoami(version), null, 2)}\n`);
    await this.commit(`${ring}: whoami ${version}`, time);
  }

  promote(names: readonly string[] = ['whoami'], { now = SOAKED, ...options }: PromoteOptions = {}): Promise<string> {
    vi.stubEnv('GIT_COMMITTER_DATE', now.toISOString());
    return promote(this, names, { now, ...options });
  }

  /** Why nothing is promoted; nothing must have been written. */
  refusal(names: readonly string[] = ['whoami'], options: PromoteOptions = {}): Promise<string> {
    return this.refusalOf(() => this.promote(names, options));
  }

  override remove(path = ''): void {
    if (path === '') rmSync(this.saved, { recursive: true, force: true });
    super.remove(path);
  }
}
