/**
 * Forks the repository, edits each fork as a team would, and checks that it renders and that its tests pass.
 *
 *   npm run test:forks [-- WORD…]     all forks, or those whose name has one of the words in it
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as edits from './edits.ts';
import { factsSourceOf } from '../../charts/cloud/clouds.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { Fork } from './fork.ts';

/** A fork's name and the edits that make it. */
type Edit = readonly [name: string, change: (fork: Fork) => void];

/** The forks that a team could make of this repository: of the services, sections and clusters that it has. */
async function forksOf(repository: Fork): Promise<Edit[]> {
  const clusters = await loadFleet();
  const services = repository.list('apps').filter((name) => repository.has(`apps/${name}/Dockerfile`));
  const runs = (section: string): boolean => clusters.some(({ settings }) => section in settings);
  const clouds = [...new Set(clusters.map(({ cloud }) => cloud.kind))];
  const on = (cloud: string): string[] => clusters.filter((one) => one.cloud.kind === cloud).map(({ name }) => name);
  const inCloud = clouds.filter((cloud) => cloud !== 'kind' && factsSourceOf(cloud) === 'terraform');
  const [first] = inCloud.flatMap(on).map((name) => [name] as const);
  return [
    ['nothing edited', () => undefined],
    ...services.map((name): Edit => [`${name} removed`, (fork) => edits.withoutService(fork, name)]),
    ...(runs('postfacto')
      ? ([
          ['postfacto removed', edits.withoutPostfacto],
          ['postfacto removed, with its code', edits.withoutPostfactoComponent],
        ] satisfies Edit[])
      : []),
    ...(runs('mongo') ? ([['mongo and its services removed', edits.withoutMongo]] satisfies Edit[]) : []),
    ...(runs('prometheus') ? ([['monitoring not deployed', edits.withoutMonitoring]] satisfies Edit[]) : []),
    ...(runs('blackboxExporter')
      ? ([['blackbox-exporter removed, with its code', edits.withoutBlackboxExporter]] satisfies Edit[])
      : []),
    ['platform only', edits.withoutSamples],
    // A fleet has one cluster at least.
    ...(clouds.length > 1 ? clouds : []).flatMap((cloud): Edit[] => [
      [`no cluster on ${cloud}`, (fork) => edits.withoutClusters(fork, (name) => on(cloud).includes(name))],
      [`${on(cloud)[0]} only`, (fork) => edits.withoutClusters(fork, (name) => name !== on(cloud)[0])],
    ]),
    ['a cluster on the generic cloud added', (fork) => edits.addGenericCluster(fork, 'edge')],
    ['another organization', edits.renameOrganization],
    ['each cluster published to a branch', edits.publishToBranches],
    ...(first ?? []).flatMap((model): Edit[] => [
      [`${model} renamed`, (fork) => edits.renameCluster(fork, model, 'preview-west')],
      ['a cluster added', (fork) => edits.addCluster(fork, model, 'canary')],
      [`replicas of the gateway of ${model} edited`, (fork) => edits.scaleGateway(fork, model)],
    ]),
  ];
}

/** At a time: more would only wait for each other. */
const AT_A_TIME = 2;

/** Forks that change code, or everything, run the tests of code too; to the others these would say nothing new. */
const WITH_CODE = new Set([
  'postfacto removed, with its code',
  'blackbox-exporter removed, with its code',
  'platform only',
]);
const OF_CODE = [
  'charts',
  'test/cli',
  'test/docs',
  'test/invariants',
  'test/lab',
  'test/order',
  'test/render',
  'test/settings',
];

/** Tests that read a fork's clusters, roots and workflows, and those that once did. */
const TESTS = ['test/invariants/invariants.test.ts', 'test/clusters', 'test/bootstrap', 'test/docs/links.test.ts'];

/** Of every command: without promtool, since no edit is of an alert, and the tables of alerts take the longest. */
const ENVIRONMENT = { NO_COLOR: '1', PROMTOOL: '/nowhere/promtool' };

const bin = (name: string): string => join('node_modules', '.bin', name);

const stepsOf = (name: string): (readonly string[])[] => [
  [process.execPath, 'cli/slipway.mjs', 'synth'],
  [process.execPath, 'cli/slipway.mjs', 'synth', '--check'],
  [bin('tsc'), '--noEmit'],
  // Only new code can be wrong in its types and yet compile; reading them takes as long as compiling.
  [bin('oxlint'), ...(WITH_CODE.has(name) ? ['--type-aware'] : []), '--deny-warnings'],
  [
    bin('vitest'),
    'run',
    '--project',
    'fleet',
    '--testTimeout',
    '120000',
    ...TESTS,
    ...(WITH_CODE.has(name) ? OF_CODE : []),
  ],
];

const words = process.argv.slice(2);
const repository = new Fork();
const left = (await forksOf(repository)).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
);
repository.delete();
const failed: string[] = [];
const count = left.length;
await Promise.all(Array.from({ length: AT_A_TIME }, work));
console.log(`${count - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || count === 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const [name, change] = next;
    const start = performance.now();
    const fault = await faultOf(name, change);
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(`${fault === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${fault ? `\n${fault}` : ''}`);
    if (fault !== undefined) failed.push(name);
  }
}

/** What goes wrong in a fork first; undefined if all is well. */
async function faultOf(name: string, change: (fork: Fork) => void): Promise<string | undefined> {
  const fork = new Fork();
  try {
    change(fork);
    for (const [command = '', ...args] of stepsOf(name)) {
      const { code, output } = await run(fork, command, args);
      if (code !== 0) return `${[command, ...args].join(' ')} ended with ${code}:\n${output.slice(-6000)}`;
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    fork.delete();
  }
}

function run(fork: Fork, command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: fork.folder, env: { ...process.env, ...ENVIRONMENT } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
