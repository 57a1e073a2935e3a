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

/** A fork's name, the edits that make it, and what checks it. */
type Edit = readonly [name: string, change: (fork: Fork) => void, steps?: readonly Step[]];
/** A command with its arguments. */
type Step = readonly string[];

/** At a time: more would only wait for each other. */
const AT_A_TIME = 2;

/** Of every command: without promtool, since no edit is of an alert, and the tables of alerts take the longest. */
const ENVIRONMENT = { NO_COLOR: '1', PROMTOOL: '/nowhere/promtool' };

const bin = (name: string): string => join('node_modules', '.bin', name);

const SYNTH: readonly Step[] = [
  [process.execPath, 'cli/slipway.mjs', 'synth'],
  [process.execPath, 'cli/slipway.mjs', 'synth', '--check'],
];

/** One worker: two forks at a time keep two cores busy, and each worker would load all modules for itself. */
const VITEST = [bin('vitest'), 'run', '--project', 'fleet', '--maxWorkers', '1', '--testTimeout', '120000'];

/** Tests that read a fork's clusters, pins, roots, workflows and documents. */
const TESTS = [
  'test/invariants/invariants.test.ts',
  'test/clusters',
  'test/bootstrap/clusters.test.ts',
  'test/bootstrap/global-names.test.ts',
  'test/bootstrap/modules.test.ts',
  'test/bootstrap/roots.test.ts',
  'test/bootstrap/workflows.test.ts',
  'test/docs/links.test.ts',
];

const TSC_OF_CLUSTERS = [bin('tsc'), '--project', 'tsconfig.clusters.json'];
const TSCONFIG_OF_CLUSTERS = JSON.stringify({
  extends: './tsconfig.json',
  compilerOptions: { incremental: true, tsBuildInfoFile: './.tsbuildinfo' },
  include: ['clusters'],
});

/** No other code is edited: types, lint and tests of the rest would say nothing new. */
const OF_CLUSTERS: readonly Step[] = [
  ...SYNTH,
  TSC_OF_CLUSTERS,
  [bin('oxlint'), '--deny-warnings', 'clusters'],
  [...VITEST, ...TESTS],
];

const TYPES_AND_LINT: readonly Step[] = [
  [bin('tsc'), '--noEmit'],
  [bin('oxlint'), '--type-aware', '--deny-warnings'],
];
const OF_CODE: readonly Step[] = [...SYNTH, ...TYPES_AND_LINT, [...VITEST, ...TESTS, 'test/invariants']];

/** With the tests of the new service itself. */
const OF_SERVICE: readonly Step[] = [
  ...SYNTH,
  ...TYPES_AND_LINT,
  [...VITEST, ...TESTS],
  [bin('vitest'), 'run', '--project', 'apps', '--testTimeout', '120000', `apps/${edits.NEW_SERVICE}`],
];

/** With the tests of the new component itself. */
const OF_COMPONENT: readonly Step[] = [
  ...SYNTH,
  ...TYPES_AND_LINT,
  [...VITEST, ...TESTS, 'test/invariants', `charts/components/${edits.NEW_COMPONENT}`],
];

/** With the product tests: those that a removed part could break. */
const OF_PRODUCT: readonly Step[] = [
  ...SYNTH,
  ...TYPES_AND_LINT,
  [
    ...VITEST,
    ...TESTS,
    'charts',
    'test/bootstrap',
    'test/cli',
    'test/docs',
    'test/invariants',
    'test/lab',
    'test/order',
    'test/render',
    'test/settings',
  ],
];

/** The forks that a team could make of this repository: of the services, sections and clusters that it has. */
async function forksOf(repository: Fork): Promise<Edit[]> {
  const clusters = await loadFleet();
  const services = edits.servicesOf(repository);
  const runs = (section: string): boolean => clusters.some(({ settings }) => section in settings);
  const clouds = [...new Set(clusters.map(({ cloud }) => cloud.kind))];
  const on = (cloud: string): string[] => clusters.filter((one) => one.cloud.kind === cloud).map(({ name }) => name);
  const inCloud = clouds.filter((cloud) => cloud !== 'kind' && factsSourceOf(cloud) === 'terraform');
  const [first] = inCloud.flatMap(on).map((name) => [name] as const);
  const withLessCode: Edit[] = [
    ...(runs('postfacto')
      ? ([
          ['postfacto removed, with its code', (fork: Fork) => edits.withoutComponent(fork, 'postfacto'), OF_CODE],
        ] satisfies Edit[])
      : []),
    ...(runs('blackboxExporter')
      ? ([
          [
            'blackbox-exporter removed, with its code',
            (fork: Fork) => edits.withoutComponent(fork, 'blackbox-exporter'),
            OF_CODE,
          ],
        ] satisfies Edit[])
      : []),
  ];
  return [
    // First, since it takes the longest. What the product tests do without all of this, they do without one of it.
    [
      'platform only, with less code',
      (fork) => [edits.withoutSamples, ...withLessCode.map(([, change]) => change)].forEach((change) => change(fork)),
      OF_PRODUCT,
    ],
    ...withLessCode,
    ['nothing edited', () => undefined],
    ...services.map((name): Edit => [`${name} removed`, (fork) => edits.withoutService(fork, name)]),
    ...services.slice(-1).map((like): Edit => ['a service added', (fork) => edits.addService(fork, like), OF_SERVICE]),
    [
      'a component and an invariant added',
      (fork) => [edits.addComponent, edits.addInvariant].forEach((change) => change(fork)),
      OF_COMPONENT,
    ],
    ...(runs('postfacto') ? ([['postfacto removed', edits.withoutPostfacto]] satisfies Edit[]) : []),
    ...(runs('mongo') ? ([['mongo and its services removed', edits.withoutMongo]] satisfies Edit[]) : []),
    ...(runs('prometheus') ? ([['monitoring not deployed', edits.withoutMonitoring]] satisfies Edit[]) : []),
    ['platform only', edits.withoutSamples],
    // A fleet has one cluster at least.
    ...(clouds.length > 1 ? clouds : []).flatMap((cloud): Edit[] => [
      [`no cluster on ${cloud}`, (fork) => edits.withoutClusters(fork, (name) => on(cloud).includes(name))],
      // A laptop's with one service, the others with their own registries.
      [
        `${on(cloud)[0]} only, of another organization`,
        (fork) =>
          edits.initialised(
            fork,
            on(cloud).slice(0, 1),
            cloud === 'kind' ? services.slice(1) : [],
            edits.ownRegistry(cloud, on(cloud)[0]),
          ),
      ],
    ]),
    ['a cluster on the generic cloud added', (fork) => edits.addGenericCluster(fork, 'edge')],
    [
      'of another organization',
      (fork) =>
        edits.initialised(
          fork,
          clusters.map(({ name }) => name),
          [],
        ),
    ],
    ['each cluster published to a branch', edits.publishToBranches],
    ...(first ?? []).flatMap((model): Edit[] => [
      [`${model} renamed`, (fork) => edits.renameCluster(fork, model, 'preview-west')],
      ['a cluster added', (fork) => edits.addCluster(fork, model, 'canary')],
      [`replicas of the gateway of ${model} edited`, (fork) => edits.scaleGateway(fork, model)],
    ]),
  ];
}

const words = process.argv.slice(2);
const repository = Fork.ofRepository();
// What the type checker has found out once is copied with the rest.
repository.write('tsconfig.clusters.json', TSCONFIG_OF_CLUSTERS);
await run(repository, TSC_OF_CLUSTERS);
const left = (await forksOf(repository)).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
);
const failed: string[] = [];
const count = left.length;
await Promise.all(Array.from({ length: AT_A_TIME }, work));
repository.delete();
console.log(`${count - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || count === 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const [name, change, steps = OF_CLUSTERS] = next;
    const start = performance.now();
    const fault = await faultOf(change, steps);
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(`${fault === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${fault ? `\n${fault}` : ''}`);
    if (fault !== undefined) failed.push(name);
  }
}

/** What goes wrong in a fork first; undefined if all is well. */
async function faultOf(change: (fork: Fork) => void, steps: readonly Step[]): Promise<string | undefined> {
  const fork = repository.copied();
  try {
    change(fork);
    for (const step of steps) await run(fork, step);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    fork.delete();
  }
}

/** Runs a command in a fork. @throws Error with what it prints, if it fails */
function run(fork: Fork, [command = '', ...args]: Step): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: fork.folder, env: { ...process.env, ...ENVIRONMENT } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}:\n${output.slice(-6000)}`));
    });
  });
}
