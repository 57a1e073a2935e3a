import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pause } from '../api.ts';
import { kit } from '../build.ts';
import type { Report } from '../rehearse/report.ts';
import { Checkout, say } from './rehearsal.ts';

const CLUSTER = 'test-metal';
let checkout: Checkout;

interface Command {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

beforeAll(async () => {
  await kit({ say });
  checkout = new Checkout();
  const dist = `dist/${CLUSTER}`;
  // A restart.
  checkout.edit(`${dist}/hello/Deployment.hello.yaml`, (text) => text.replace(/(hello):[\d.]+$/m, '$1:9.9.9'));
  // A deletion.
  rmSync(join(checkout.folder, dist, 'gateway', 'PodDisruptionBudget.gateway.yaml'));
  // What the API server refuses.
  checkout.edit(`${dist}/priority-classes/PriorityClass.apps.yaml`, (text) => text.replace(/^value: /m, 'value: 1'));
  checkout.commit('Restart, delete, and change what cannot be changed');
});
afterAll(() => checkout?.remove());

test('Ctrl-C during a rehearsal leaves no process and no file', async () => {
  const before = scratchFolders();
  const command = lab('rehearse', CLUSTER, '--base', 'HEAD~1');
  const until = Date.now() + 120_000;
  while (!command.output().includes('control plane:') && Date.now() < until) await pause(200);
  await pause(1000);
  const folder = scratchFolders().find((name) => !before.includes(name)) ?? '';
  expect(folder).not.toBe('');
  expect(processesIn(folder).length).toBeGreaterThan(1);
  // A terminal sends SIGINT to the whole foreground process group.
  process.kill(-(command.child.pid ?? 0), 'SIGINT');
  expect(await command.ended).not.toBe(0);
  while (processesIn(folder).length > 0 && Date.now() < until) await pause(100);
  expect(processesIn(folder)).toEqual([]);
  expect(scratchFolders()).not.toContain(folder);
});

test(
  'a restart, a deletion and a refused change are reported beside what was planned',
  async () => {
    const [json, markdown] = [checkout.siblingPath('report.json'), checkout.siblingPath('report.md')];
    const command = lab('rehearse', CLUSTER, '--base', 'HEAD~1', '--json', json, '--markdown', markdown);
    const code = await command.ended;
    if (!existsSync(json)) throw new Error(`there is no report:\n${command.output().slice(-4000)}`);
    // Something is refused.
    expect(code).toBe(1);
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(report.planned.map(({ verdict, object }) => `${verdict} ${object}`)).toEqual([
      'refused PriorityClass apps',
      'delete PodDisruptionBudget gateway/gateway',
      'restart Deployment hello/hello',
    ]);
    expect(report.refusals).toEqual([
      {
        application: 'priority-classes',
        object: 'PriorityClass apps',
        message: expect.stringContaining('may not be changed in an update') as string,
        attempts: expect.any(Number) as number,
        healed: false,
      },
    ]);
    // Others may take so long that a further attempt fails meanwhile.
    expect(report.refusals[0]?.attempts).toBeGreaterThanOrEqual(3);
    expect(report.unsettled.map(({ application }) => application)).toEqual(['priority-classes']);
    expect(report.restarts).toEqual([{ application: 'hello', object: 'Deployment hello/hello', pods: 2 }]);
    expect(report.changes).toEqual([
      { application: 'gateway', object: 'PodDisruptionBudget gateway/gateway', how: 'deleted' },
    ]);
    expect(report.hooks).toEqual([]);
    expect(report.notAsPlanned).toEqual([]);
    expect(report.waves.map(({ applications }) => applications)).toEqual([['gateway'], ['hello']]);
    for (const { from, to } of report.waves) expect(to).toBeGreaterThan(from);
    expect(readFileSync(markdown, 'utf8')).toContain(
      '**restarted** `hello`: `Deployment hello/hello`: 2 pods replaced',
    );
    // The rehearsal ends by itself before that, and says why.
  },
  20 * 60_000,
);

/** Runs `npm run lab -- …` as the leader of a process group. */
function lab(...args: string[]): Command {
  let output = '';
  const child = spawn('npm', ['run', '--silent', 'lab', '--', ...args], {
    cwd: checkout.folder,
    detached: true,
    env: { ...process.env, TMPDIR: checkout.siblingPath('') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
      // At once, so that a test that ends too late has said how far it came.
      say(data.toString().trimEnd().replaceAll('\n', '\n  '));
    });
  return { child, output: () => output, ended: new Promise((resolve) => child.on('close', resolve)) };
}

/** Folders of rehearsals that run. */
function scratchFolders(): string[] {
  return readdirSync(checkout.siblingPath(''))
    .filter((name) => name.startsWith('slipway-rehearse-'))
    .map((name) => checkout.siblingPath(name));
}

/** Command lines that name a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(folder) ? [command] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
