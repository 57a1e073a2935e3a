import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textAt } from '../../../charts/lib/manifest.ts';
import { pinFile } from '../../../cli/pin-files.ts';
import { Api, pause } from '../api.ts';
import { kit } from '../build.ts';
import { readLab } from '../lab-file.ts';
import { Checkout, deployment, pin, say } from './rehearsal.ts';

/** A running command in its own process group. */
interface Command {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

let checkout: Checkout;
const commands: Command[] = [];

beforeAll(async () => {
  await kit({ say });
  checkout = new Checkout();
});
afterAll(async () => {
  for (const { child } of commands) child.kill('SIGTERM');
  if (leftovers().length > 0) await lab('down').ended;
  checkout?.remove();
});

test('two labs come up concurrently; Ctrl-C during `up` of one leaves nothing behind and does not affect the other', async () => {
  const [first, second] = [lab('up', 'test-aks'), lab('up', 'test-kind')];
  await waitForOutput(first, /0 of \d+ Applications/);
  await waitForOutput(second, /0 of \d+ Applications/);
  // A terminal sends SIGINT to the whole foreground process group.
  process.kill(-(second.child.pid ?? 0), 'SIGINT');
  expect(await second.ended).not.toBe(0);
  await gone('test-kind');
  expect(readLab(checkout.folder, 'test-aks')).toBeDefined();
  await waitForOutput(first, /all Applications are Synced and Healthy/);
  expect(await first.ended).toBe(0);
  say(
    first
      .output()
      .split('\n')
      .find((line) => line.includes('all Applications are Synced')) ?? '',
  );
});

test('`up` on a running lab changes nothing', async () => {
  const before = readLab(checkout.folder, 'test-aks');
  const again = lab('up', 'test-aks');
  expect(await again.ended).toBe(0);
  expect(again.output()).toMatch(/is already up/);
  expect(readLab(checkout.folder, 'test-aks')?.pid).toBe(before?.pid);
});

test('`git push lab` deploys a commit to the cluster', async () => {
  checkout.edit(pinFile('second', 'hello'), pin('hello', '9.9.9'));
  await checkout.synth();
  checkout.commit('Move hello');
  const pushed = Date.now();
  checkout.git('push', '--quiet', 'lab');
  for (;;) {
    const status = lab('status', 'test-aks');
    expect(await status.ended).toBe(0);
    const running = /kube-apiserver +\d+ +\d+ MB/.test(status.output());
    expect(running).toBe(true);
    if (/ok {2}hello +Synced +Healthy/.test(status.output()) && (await image()) === '9.9.9') break;
    if (Date.now() - pushed > 60_000) throw new Error(`hello is not 9.9.9 after a minute:\n${status.output()}`);
  }
  say(`Synced and Healthy ${((Date.now() - pushed) / 1000).toFixed(1)} s after the push, according to \`status\``);
});

test('a lab whose supervisor is killed leaves nothing behind', async () => {
  process.kill(readLab(checkout.folder, 'test-aks')?.pid ?? 0, 'SIGKILL');
  await gone('test-aks');
});

test('`down` during `up` leaves nothing behind', async () => {
  const up = lab('up', 'test-eks');
  await waitForOutput(up, /0 of \d+ Applications/);
  expect(await lab('down', 'test-eks').ended).toBe(0);
  await gone('test-eks');
  expect(await up.ended).not.toBe(0);
});

/** Runs `npm run lab -- …` as the leader of a process group. */
function lab(...args: string[]): Command {
  let output = '';
  const child = spawn('npm', ['run', '--silent', 'lab', '--', ...args], {
    cwd: checkout.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const command = {
    child,
    output: () => output,
    ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
  };
  commands.push(command);
  return command;
}

async function waitForOutput({ child, output }: Command, text: RegExp): Promise<void> {
  const until = Date.now() + 300_000;
  while (!text.test(output())) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`no ${text.source} in\n${output()}`);
    await pause(200);
  }
}

/** Waits until a lab is gone, then checks that it left nothing behind. */
async function gone(cluster: string): Promise<void> {
  const folder = join(checkout.folder, '.lab', cluster);
  const until = Date.now() + 20_000;
  while ((existsSync(folder) || leftovers(cluster).length > 0) && Date.now() < until) await pause(100);
  expect(existsSync(folder)).toBe(false);
  expect(leftovers(cluster)).toEqual([]);
  if (readLab(checkout.folder, 'test-aks') === undefined) {
    expect(checkout.git('remote').trim().split('\n')).toEqual(['origin']);
    expect(existsSync(join(checkout.folder, '.lab'))).toBe(false);
    expect(checkout.git('status', '--porcelain')).toBe('');
  }
}

/** Command lines of processes that belong to a lab of this checkout. */
function leftovers(cluster = ''): string[] {
  const folder = join(checkout.folder, '.lab', cluster);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || command.includes(folder) ? [command] : [];
      } catch {
        // The process has ended meanwhile.
        return [];
      }
    });
}

/** Version of hello in its Deployment. */
async function image(): Promise<string | undefined> {
  const access = readLab(checkout.folder, 'test-aks')?.access;
  if (!access) return undefined;
  const api = new Api(access);
  try {
    return textAt(await api.get(deployment('hello')), 'spec', 'template', 'spec', 'containers', 0, 'image')
      ?.split(':')
      .at(-1);
  } finally {
    api.close();
  }
}
