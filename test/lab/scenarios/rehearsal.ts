import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textAt } from '../../../charts/lib/manifest.ts';
import { repository } from '../../../clusters/fleet.ts';
import { clusterNames } from '../../../cli/load.ts';
import { copyTestClusters } from '../../lib/cluster-files.ts';
import { loadFleet, loadTestFleet } from '../../lib/load-fleet.ts';
import type { Live } from '../api.ts';
import { kit } from '../build.ts';
import { git } from '../git.ts';
import { Lab, type ApplicationStatus, applicationStatuses, type LabProps } from '../lab.ts';
import { KINDS } from '../mirror.ts';

/** Asynchronous, because this process also serves the Git host that Argo CD uses meanwhile. */
const run = promisify(execFile);

export const root = join(import.meta.dirname, '..', '..', '..');

/** Prints a line between the test results. */
export const say = (line: string): void => console.log(`  ${line}`);

/** Which clusters a checkout has: those of the product tests, so that scenarios hold in every fork, or the repository's. */
export type Clusters = 'test' | 'own';

/** A clone of this repository's HEAD with the same node_modules, to commit to and push from. */
export class Checkout {
  readonly folder: string;
  private readonly scratch: string;

  constructor(clusters: Clusters = 'test') {
    this.scratch = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
    this.folder = join(this.scratch, 'checkout');
    execFileSync('git', ['clone', '--quiet', root, this.folder]);
    for (const [name, value] of [
      ['user.name', 'rehearsal'],
      ['user.email', 'rehearsal@example.com'],
    ] as const)
      this.git('config', name, value);
    appendFileSync(join(this.folder, '.git', 'info', 'exclude'), '/node_modules\n');
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    if (clusters === 'test') this.useTestFleet();
  }

  /** Replaces the repository's clusters by those of the product tests, and commits what that renders. */
  private useTestFleet(): void {
    for (const name of clusterNames(this.folder)) rmSync(join(this.folder, 'clusters', name), { recursive: true });
    copyTestClusters(this.folder);
    execFileSync(process.execPath, ['cli/slipway.mjs', 'synth'], { cwd: this.folder, stdio: 'pipe' });
    this.commit("Use the product tests' clusters");
  }

  /** A path next to the checkout, which is removed with it. */
  siblingPath(name: string): string {
    return join(this.scratch, name);
  }

  /** Makes `git push` push to the repository that Argo CD syncs from. */
  connect(remote: string): void {
    // A workflow has no branch checked out, and only a branch has an upstream to push to.
    this.git('checkout', '--quiet', '-B', repository.revision);
    this.git('remote', 'set-url', 'origin', remote);
    this.git('fetch', '--quiet', 'origin');
    this.git('branch', '--quiet', '--set-upstream-to', `origin/${repository.revision}`);
    this.git('config', 'push.default', 'upstream');
  }

  /** Edits a file. @throws Error if the edit changes nothing */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.folder, path);
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before)
      throw new Error(`the edit of ${path} changes nothing: the file is not what this scenario expects`);
    writeFileSync(file, after);
  }

  /** Runs a command of slipway. @returns what it prints */
  async slipway(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, ['cli/slipway.mjs', ...args], { cwd: this.folder })).stdout;
  }

  /** Runs `slipway synth`. */
  async synth(): Promise<void> {
    await this.slipway('synth');
  }

  /** Commits all changes. @returns the commit */
  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD').trim();
  }

  git(...args: string[]): string {
    return git(this.folder, ...args);
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** A cluster's lab and the checkout that it syncs from. */
export class Rehearsal {
  readonly checkout: Checkout;
  readonly lab: Lab;

  private constructor(checkout: Checkout, lab: Lab) {
    this.checkout = checkout;
    this.lab = lab;
  }

  /** Prepares a lab; the caller starts it and must end it. */
  static async of(
    name: string,
    {
      clusters = 'test',
      ...options
    }: Pick<LabProps, 'resyncSeconds' | 'realNodes' | 'signatures'> & { clusters?: Clusters } = {},
  ): Promise<Rehearsal> {
    const fleet = clusters === 'test' ? await loadTestFleet() : await loadFleet();
    const cluster = fleet.find((one) => one.name === name);
    if (!cluster) throw new Error(`there is no ${clusters} cluster ${name}: choose another one for this scenario`);
    const programs = await kit({ say, real: options.realNodes !== undefined });
    const checkout = new Checkout(clusters);
    return new Rehearsal(
      checkout,
      await Lab.create({
        folder: checkout.siblingPath('lab'),
        kit: programs,
        cluster,
        repository,
        checkout: checkout.folder,
        say,
        ...options,
      }),
    );
  }

  /**
   * Starts the lab and waits until all Applications are Synced and Healthy. What Argo CD could not compare while a webhook
   * was away it compares again after three minutes.
   */
  async up(seconds = 480): Promise<void> {
    await this.lab.start();
    this.checkout.connect(this.lab.remote);
    say(`all Synced and Healthy ${(await this.lab.settled(seconds)).toFixed(0)} s after the root was applied`);
  }

  /** Stops the lab, after copying its logs to the folder E2E_LOGS if set. */
  async end(): Promise<void> {
    const logs = process.env['E2E_LOGS'];
    if (logs) cpSync(join(this.lab.props.folder, 'logs'), join(logs, this.lab.props.cluster.name), { recursive: true });
    await this.lab.stop();
    this.checkout.remove();
  }

  /** Renders, commits and pushes. @returns the commit */
  async synthAndPush(message: string): Promise<string> {
    await this.checkout.synth();
    const commit = this.checkout.commit(message);
    this.checkout.git('push', '--quiet');
    return commit;
  }

  /** Waits until the condition is true. @throws Error naming it, with the status of all Applications */
  async until(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
    const start = Date.now();
    if (await this.lab.waitFor(condition, seconds)) {
      say(`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s until ${what}`);
      return;
    }
    const statuses = await applicationStatuses(this.lab.plane.api);
    throw new Error(
      `not within ${seconds} s: ${what}\n${statuses.map(({ name, sync, health, message }) => `${name}: ${sync}, ${health} ${message}`).join('\n')}`,
    );
  }

  /** Runs the `argocd` CLI. @throws Error with its output */
  async argocd(...args: string[]): Promise<string> {
    return (await run('argocd', args, { env: this.environment() })).stdout;
  }

  /** Runs a code block of a runbook with `sh -e` in the checkout, after substituting names. */
  async runRunbook(runbook: string, block: number, names: Readonly<Record<string, string>>): Promise<void> {
    const text = readFileSync(join(this.checkout.folder, 'docs', 'runbooks', `${runbook}.md`), 'utf8');
    const [, commands] = [...text.matchAll(/```sh\n(.*?)```/gs)][block] ?? [];
    if (commands === undefined) throw new Error(`docs/runbooks/${runbook}.md has no block ${block}`);
    const filled = Object.entries(names).reduce((script, [name, value]) => script.replaceAll(name, value), commands);
    await run('sh', ['-e', '-c', filled], { cwd: this.checkout.folder, env: this.environment() });
  }

  /** Status of an Application, if it exists. */
  async status(application: string): Promise<ApplicationStatus | undefined> {
    return (await applicationStatuses(this.lab.plane.api)).find(({ name }) => name === application);
  }

  /** A live Application, if it exists. */
  application(name: string): Promise<Live | undefined> {
    return this.lab.plane.api.get(
      `${KINDS.applications.replace('/applications', '/namespaces/argocd/applications')}/${name}`,
    );
  }

  /** Image of a component's Deployment of the same name. */
  async image(component: string): Promise<string | undefined> {
    return textAt(
      await this.lab.plane.api.get(deployment(component)),
      'spec',
      'template',
      'spec',
      'containers',
      0,
      'image',
    );
  }

  /** A counter of Argo CD's metrics, summed by the label `name`. */
  async metric(name: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const text = await (await fetch(this.lab.argo.metrics)).text();
    for (const [, label = '', count] of text.matchAll(new RegExp(`^${name}\\{.*?\\bname="([^"]+)".*?\\} (\\d+)`, 'gm')))
      counts.set(label, (counts.get(label) ?? 0) + Number(count));
    return counts;
  }

  /** The environment in which runbooks are run. */
  environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      KUBECONFIG: this.lab.plane.kubeconfig,
      ARGOCD_CONFIG_DIR: this.lab.argo.config,
      PATH: `${this.lab.argo.path}:${process.env['PATH'] ?? ''}`,
    };
  }
}

/** Path of a component's Deployment of the same name. */
export function deployment(component: string): string {
  return `/apis/apps/v1/namespaces/${component}/deployments/${component}`;
}

/** Sets a component's version in a pins file's text. */
export function pin(component: string, version: string): (text: string) => string {
  return (text) => text.replace(new RegExp(`("${component}":[^}]*"version": ")[^"]+`), `$1${version}`);
}
