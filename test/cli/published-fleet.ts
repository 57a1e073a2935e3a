import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Repository } from '../../charts/applications.ts';
import type { Outcome } from '../../cli/commands/command.ts';
import { publish } from '../../cli/publish/publish.ts';
import type { PublishOptions } from '../../cli/publish/to-remote.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

/** The clusters of the fleet. */
export const CLUSTERS = ['one', 'two'] as const;

interface Options {
  /** True if each cluster has a repository of its own. */
  readonly ownRepositories?: boolean;
  readonly signatures?: Repository['signatures'];
}

const WHEN = '2026-01-01T12:00:00+01:00';

/** A fleet in a clone of a bare repository, with others for single clusters, all in a folder of their own. */
export class PublishedFleet extends FleetFolder {
  private readonly remotes = mkdtempSync(join(tmpdir(), 'slipway-remotes-'));
  override readonly repository: Repository;

  private constructor(published: Repository['published'], { ownRepositories, signatures }: Options) {
    super();
    const url = `${pathToFileURL(join(this.remotes, 'fleet-')).href}{cluster}.git`;
    this.repository = {
      url: pathToFileURL(this.remote()).href,
      revision: 'main',
      published: ownRepositories ? { ...published, url } : published,
      ...(signatures && { signatures }),
    };
  }

  /** The fleet, rendered, committed and pushed. */
  static async make(published: Repository['published'], options: Options = {}): Promise<PublishedFleet> {
    const fleet = new PublishedFleet(published, options);
    for (const name of ['main', ...(options.ownRepositories ? CLUSTERS.map((one) => `fleet-${one}`) : [])])
      fleet.git('init', '--quiet', '--bare', '--initial-branch', 'main', join(fleet.remotes, `${name}.git`));
    fleet.git('init', '--quiet', '--initial-branch', 'main');
    fleet.git('remote', 'add', 'origin', fleet.repository.url);
    // Whoever runs the tests may sign by default.
    fleet.git('config', 'commit.gpgsign', 'false');
    for (const name of CLUSTERS) fleet.add(name, { ...LAPTOP, domain: `${name}.localhost` });
    await synth(fleet, []);
    fleet.push('Begin');
    return fleet;
  }

  /** The folder of a bare repository: that of all clusters, or of one. */
  remote(cluster?: string): string {
    return join(this.remotes, cluster === undefined ? 'main.git' : `fleet-${cluster}.git`);
  }

  /** Changes what dist has of a cluster: who publishes it does not ask what rendered it. */
  change(cluster: string, what: number): void {
    this.write(`dist/${cluster}/gateway/changed.txt`, `${what}\n`);
  }

  /** Commits everything. @returns the commit */
  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Commits everything, and pushes it to the revision. @returns the commit */
  push(message: string): string {
    const commit = this.commit(message);
    this.git('push', '--quiet', 'origin', 'HEAD:main');
    return commit;
  }

  publish(options: PublishOptions = {}, names: readonly string[] = []): Outcome {
    return publish(this, names, options);
  }

  /** Git in the clone, without the settings of whoever runs the tests. */
  git(...args: readonly string[]): string {
    return gitIn(this.root, ...args);
  }

  /** Git in a bare repository. */
  gitAt(remote: string, ...args: readonly string[]): string {
    return gitIn(remote, ...args);
  }

  /** The commits of a cluster's branch, the newest first. */
  history(cluster: string): string[] {
    return this.git('ls-remote', 'origin', `clusters/${cluster}`) === ''
      ? []
      : gitIn(this.remote(), 'log', '--format=%H', `clusters/${cluster}`).split('\n');
  }

  /** Commits something to a cluster's branch by hand. */
  edit(cluster: string, message: string, file = 'README.md'): void {
    const clone = mkdtempSync(join(this.remotes, 'clone-'));
    gitIn(clone, 'clone', '--quiet', '--branch', `clusters/${cluster}`, this.remote(), '.');
    execFileSync('sh', ['-c', 'echo by hand >>"$0"', file], { cwd: clone });
    gitIn(clone, 'add', '--all');
    gitIn(clone, 'commit', '--quiet', '--message', message);
    gitIn(clone, 'push', '--quiet');
  }

  override remove(path = ''): void {
    if (path === '') rmSync(this.remotes, { recursive: true, force: true });
    super.remove(path);
  }
}

function gitIn(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'An Author',
      GIT_AUTHOR_EMAIL: 'author@example.com',
      GIT_AUTHOR_DATE: WHEN,
      GIT_COMMITTER_NAME: 'A Committer',
      GIT_COMMITTER_EMAIL: 'committer@example.com',
      GIT_COMMITTER_DATE: WHEN,
    },
  }).trim();
}
