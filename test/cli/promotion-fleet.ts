import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import type { RingsFile } from '../../charts/rings.ts';
import { promote, type PromoteOptions } from '../../cli/promotion/promote.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';

/** The rings of the fleet: `one` is in the first one, `two` and `three` follow. */
export const RINGS = {
  staging: { clusters: ['one'] },
  production: { clusters: ['two'], soak: '10d' },
  edge: { clusters: ['three'] },
} satisfies RingsFile;

const CLUSTERS = ['one', 'two', 'three'];

/** When `staging` got the newer version of whoami, and ten days later. */
export const [MOVED, SOAKED] = [new Date('2026-02-01T12:00:30Z'), new Date('2026-02-11T12:00:30Z')];

/** The pin of whoami in a version. */
export const whoami = (version: string) => ({ whoami: { ...PINS['whoami'], version } });

const cluster = (name: string): ClusterFile => ({ ...LAPTOP, domain: `${name}.localhost` });

/**
 * Fleets in a Git repository, committed: `staging` has whoami 1.1.0, the rings that follow have 1.0.0. Git is without the
 * settings of whoever runs the tests.
 */
export class PromotionFleet extends FleetFolder {
  private readonly saved = mkdtempSync(join(tmpdir(), 'slipway-fleet-saved-'));

  static async make(): Promise<PromotionFleet> {
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    for (const who of ['AUTHOR', 'COMMITTER']) {
      vi.stubEnv(`GIT_${who}_NAME`, 'a');
      vi.stubEnv(`GIT_${who}_EMAIL`, 'a@example.com');
    }
    const fleet = new PromotionFleet();
    for (const name of CLUSTERS) fleet.change(name, cluster(name));
    for (const ring of Object.keys(RINGS)) fleet.pin(ring, pinsOf(LAPTOP));
    fleet.git('init', '--quiet', '--initial-branch', 'main');
    await fleet.commit('Begin', new Date('2026-01-01T12:00:00Z'));
    await fleet.move('staging', '1.1.0', MOVED);
    cpSync(fleet.root, fleet.saved, { recursive: true });
    return fleet;
  }

  /** Undoes whatever a test did. */
  restore(): void {
    rmSync(this.root, { recursive: true, force: true });
    cpSync(this.saved, this.root, { recursive: true });
    for (const name of CLUSTERS) this.change(name, cluster(name));
  }

  /** Replaces what a cluster says, but for its pins. */
  change(name: string, file: ClusterFile): void {
    this.add(name, file, { pins: {} });
    this.remove(`clusters/pins/${name}`);
    this.ring(RINGS);
  }

  git(...args: readonly string[]): string {
    return this.gitAt(new Date('2026-01-01T12:00:00Z'), ...args);
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

  /** Renders, and commits everything. */
  async commit(message: string, time: Date): Promise<void> {
    await synth(this, []);
    this.git('add', '--all');
    this.gitAt(time, 'commit', '--quiet', '--message', message);
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
  async refusal(names: readonly string[] = ['whoami'], options: PromoteOptions = {}): Promise<string> {
    const before = this.state();
    const message = await this.promote(names, options).catch((error: unknown) => (error as Error).message);
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
    if (path === '') {
      rmSync(this.saved, { recursive: true, force: true });
      vi.unstubAllEnvs();
    }
    super.remove(path);
  }
}
