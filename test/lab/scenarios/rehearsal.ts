import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textAt } from '../../../charts/lib/manifest.ts';
import { repository } from '../../../clusters/fleet.ts';
import { loadFleet } from '../../lib/load-fleet.ts';
import type { Live } from '../api.ts';
import { kit } from '../build.ts';
import { git } from '../git.ts';
import { Lab, type Standing, standingsOf } from '../lab.ts';
import { KINDS } from '../mirror.ts';

/** Without blocking: the Git host that Argo CD asks meanwhile is played by this very process. */
const run = promisify(execFile);

export const root = join(import.meta.dirname, '..', '..', '..');

/** Told on the terminal, between the results of tests. */
export const say = (line: string): void => console.log(`  ${line}`);

/** A clone of this repository's HEAD in a folder of its own, with the same packages, to commit to and to push from. */
export class Checkout {
  readonly folder: string;
  private readonly scratch: string;

  constructor() {
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
  }

  /** A path for what goes with the checkout. */
  beside(name: string): string {
    return join(this.scratch, name);
  }

  /** Has `git push` go to a bare repository, as to the one that Argo CD watches. */
  connect(remote: string): void {
    this.git('remote', 'set-url', 'origin', remote);
    this.git('fetch', '--quiet', 'origin');
    this.git('branch', '--quiet', '--set-upstream-to', `origin/${repository.revision}`);
    this.git('config', 'push.default', 'upstream');
  }

  /** Edits a file, which must change by it. */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.folder, path);
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${path} is not what this scenario expects: the edit changes nothing`);
    writeFileSync(file, after);
  }

  /** Renders as a person does. */
  async synth(): Promise<void> {
    await run(process.execPath, ['cli/slipway.mjs', 'synth'], { cwd: this.folder });
  }

  /** Commits all. @returns the commit */
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

/** A cluster's lab with a checkout that it syncs from. */
export class Rehearsal {
  readonly checkout: Checkout;
  readonly lab: Lab;

  private constructor(checkout: Checkout, lab: Lab) {
    this.checkout = checkout;
    this.lab = lab;
  }

  /** Lays a lab out; the caller starts it, and ends it in any case. */
  static async of(name: string): Promise<Rehearsal> {
    const cluster = (await loadFleet()).find((one) => one.name === name);
    if (!cluster) throw new Error(`there is no cluster ${name} any more: choose another one for this scenario`);
    const programs = await kit({ say });
    const checkout = new Checkout();
    return new Rehearsal(
      checkout,
      await Lab.create({
        folder: checkout.beside('lab'),
        kit: programs,
        cluster: { name, cloud: cluster.cloud },
        repository,
        checkout: checkout.folder,
        say,
      }),
    );
  }

  /** Starts the lab and waits until all is Synced and Healthy. */
  async up(): Promise<void> {
    await this.lab.start();
    this.checkout.connect(this.lab.remote);
    say(`all Synced and Healthy ${(await this.lab.settled(300)).toFixed(0)} s after the root was applied`);
  }

  /** Ends the lab. E2E_LOGS names a folder that gets its logs first. */
  async end(): Promise<void> {
    const logs = process.env['E2E_LOGS'];
    if (logs) cpSync(join(this.lab.props.folder, 'logs'), join(logs, this.lab.props.cluster.name), { recursive: true });
    await this.lab.stop();
    this.checkout.remove();
  }

  /** Renders, commits and pushes. @returns the commit */
  async ship(message: string): Promise<string> {
    await this.checkout.synth();
    const commit = this.checkout.commit(message);
    this.checkout.git('push', '--quiet');
    return commit;
  }

  /** Waits until the answer is yes. @throws Error saying what was waited for, and how all Applications are */
  async until(what: string, ask: () => Promise<boolean>, seconds = 60): Promise<void> {
    const start = Date.now();
    if (await this.lab.waitFor(ask, seconds)) {
      say(`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s until ${what}`);
      return;
    }
    const standings = await standingsOf(this.lab.plane.api);
    throw new Error(
      `not within ${seconds} s: ${what}\n${standings.map(({ name, sync, health, message }) => `${name}: ${sync}, ${health} ${message}`).join('\n')}`,
    );
  }

  /** Runs the `argocd` command. @throws Error with what it said */
  async argocd(...args: string[]): Promise<string> {
    return (await run('argocd', args, { env: this.environment() })).stdout;
  }

  /** Runs the commands of a runbook's block, `sh -e`, in the checkout, with names filled in. */
  async follow(runbook: string, block: number, names: Readonly<Record<string, string>>): Promise<void> {
    const text = readFileSync(join(this.checkout.folder, 'docs', 'runbooks', `${runbook}.md`), 'utf8');
    const [, commands] = [...text.matchAll(/```sh\n(.*?)```/gs)][block] ?? [];
    if (commands === undefined) throw new Error(`docs/runbooks/${runbook}.md has no block ${block}`);
    const filled = Object.entries(names).reduce((script, [name, value]) => script.replaceAll(name, value), commands);
    await run('sh', ['-e', '-c', filled], { cwd: this.checkout.folder, env: this.environment() });
  }

  /** How one Application is doing, if it is there. */
  async standing(application: string): Promise<Standing | undefined> {
    return (await standingsOf(this.lab.plane.api)).find(({ name }) => name === application);
  }

  /** An Application as it is. */
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

  /** A number of Argo CD's own metrics, by the label `name`. */
  async metric(name: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const text = await (await fetch(this.lab.argo.metrics)).text();
    for (const [, label = '', count] of text.matchAll(new RegExp(`^${name}\\{.*?\\bname="([^"]+)".*?\\} (\\d+)`, 'gm')))
      counts.set(label, (counts.get(label) ?? 0) + Number(count));
    return counts;
  }

  private environment(): NodeJS.ProcessEnv {
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
