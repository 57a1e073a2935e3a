import { fork, type ForkOptions, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Fault, suggest } from '../../charts/fault.ts';
import { repository } from '../../clusters/fleet.ts';
import { clusterNames } from '../../cli/load.ts';
import { Api, pause } from './api.ts';
import { kit } from './build.ts';
import { makeImages } from './images/make.ts';
import { GitHosts } from './git.ts';
import { DISCONNECT } from './git-remote.ts';
import { type LabFile, labFolder, readLab } from './lab-file.ts';
import { isSettled, applicationStatuses } from './lab.ts';
import { rehearse } from './rehearse/command.ts';

const USAGE = `lab: a cluster's complete GitOps loop on this machine, without a container engine or a cloud

  npm run lab -- up CLUSTER [--definitions-by-argocd]   start it, push HEAD, wait until all Applications are Synced and Healthy
                 --real [--nodes 3]                     with real nodes, which run containers (Linux, as root)
  npm run lab -- rehearse CLUSTER [--base COMMIT]       sync the base, then push HEAD: what happens, beside what \`slipway plan\` says
                 [--json FILE] [--markdown FILE]        write the report too; exit code 1 if not all is as planned and healthy
  npm run lab -- build [--real]                         only build its programs, and with --real the images
  npm run lab -- status [CLUSTER]                       processes, memory, Applications
  npm run lab -- logs CLUSTER [PROGRAM] [--follow]      logs of a program
  npm run lab -- down [CLUSTER]                         stop it and remove its files

Programs are built from Go modules once, while the lab starts: the API server's first, then Argo CD's; set LAB_BIN to use a folder of existing binaries instead.`;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const COMMANDS: Readonly<Record<string, (names: readonly string[], options: Options) => Promise<void> | void>> = {
  up,
  rehearse: rehearseChange,
  build,
  status,
  logs,
  down,
};

interface Options {
  readonly follow: boolean;
  readonly 'definitions-by-argocd': boolean;
  readonly real: boolean;
  readonly nodes: string | undefined;
  readonly base: string | undefined;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
}

/** What the background process of a lab tells. */
interface Message {
  readonly line?: string;
  /** The lab is up; `problem` says what of it is not, if anything. */
  readonly done?: true;
  readonly problem?: string;
  /** Why it ended. */
  readonly error?: string;
}

interface Outcome {
  readonly isUp: boolean;
  readonly problem: string | undefined;
}

/** What is not said on the command line. */
const OPTIONAL = { nodes: undefined, base: undefined, json: undefined, markdown: undefined };

/** As many as the members of a MongoDB replica set, which must not share a node. */
const NODES = '3';

// A closed pipe, such as to `head`, is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      follow: { type: 'boolean', short: 'f', default: false },
      'definitions-by-argocd': { type: 'boolean', default: false },
      real: { type: 'boolean', default: false },
      nodes: { type: 'string' },
      base: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...names] = positionals;
  if (values.help || command === undefined) console.log(USAGE);
  else await commandOf(command)(names, { ...OPTIONAL, ...values });
} catch (error) {
  const usage = error instanceof TypeError && 'code' in error;
  console.error(
    `error: ${error instanceof Fault || usage ? error.message : error instanceof Error ? error.stack : String(error)}`,
  );
  process.exitCode = 1;
}

function commandOf(word: string): NonNullable<(typeof COMMANDS)[string]> {
  const command = COMMANDS[word];
  if (!command)
    throw new Fault({
      what: `there is no command "${word}"`,
      where: 'the command line',
      seen: word,
      fix: suggest(word, Object.keys(COMMANDS)),
    });
  return command;
}

/** Starts a lab in a background process, which outlives this one; Ctrl-C before it is up ends both. */
async function up([name]: readonly string[], flags: Options): Promise<void> {
  const cluster = clusterOf(name);
  const running = readLab(root, cluster);
  if (running) {
    console.log(`the lab ${cluster} is already up (process ${running.pid})`);
    instructions(running);
    return;
  }
  const options = optionsOf(flags);
  const folder = labFolder(root, cluster);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const program = join(import.meta.dirname, 'supervisor.ts');
  const remote = new GitHosts(join(folder, 'git')).pathOf(repository.url);
  const started = { cwd: root, detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] } satisfies ForkOptions;
  const supervisor = flags.real
    ? fork(
        join(import.meta.dirname, 'real', 'room.ts'),
        [
          `--remove=${folder}`,
          ...[...DISCONNECT, root, remote].map((word) => `--undo=${word}`),
          '--',
          process.execPath,
          ...process.execArgv,
          program,
          cluster,
          ...options,
        ],
        started,
      )
    : fork(program, [cluster, ...options], started);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.kill('SIGTERM'));
  const { isUp, problem } = await new Promise<Outcome>((resolve) => {
    supervisor.on('message', ({ line, done, problem: unsettled, error }: Message) => {
      if (line !== undefined) console.log(line);
      if (done) resolve({ isUp: true, problem: unsettled });
      if (error !== undefined) resolve({ isUp: false, problem: error });
    });
    supervisor.on('exit', (code, signal) =>
      resolve({ isUp: false, problem: `the lab ended (${signal ?? code}) before it was up` }),
    );
  });
  if (problem !== undefined) {
    console.error(`error: ${problem}`);
    process.exitCode = 1;
  }
  if (!isUp) return;
  supervisor.disconnect();
  supervisor.unref();
  const lab = readLab(root, cluster);
  if (lab) instructions(lab);
}

/** Syncs the base in a lab of its own, pushes HEAD, and reports what happened. */
async function rehearseChange([name]: readonly string[], { base, json, markdown }: Options): Promise<void> {
  // At once: the lab has ended, and nothing that is left of it may keep the report from whoever waits for it.
  process.exit(await rehearse(root, clusterOf(name), { base, json, markdown }));
}

/**
 * Builds what is missing of the programs, and for real nodes of the images: the room that these run in reaches no package
 * registry. A signal ends it; what was complete stays.
 */
async function build(_: readonly string[], { real }: Options): Promise<void> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  try {
    const programs = await kit({ say: console.log, real, signal: ending.signal });
    console.log(`the lab's programs are in ${programs.folder}`);
    if (real) await makeImages({ kit: programs, checkout: root, say: console.log, signal: ending.signal });
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    console.error('stopped: what was complete is kept, and the next build goes on from there');
    process.exitCode = 1;
  }
}

/** Arguments of the supervisor. */
function optionsOf({ real, nodes, ...flags }: Options): string[] {
  if (nodes !== undefined && (!real || !/^[1-3]$/.test(nodes)))
    throw new Fault({
      what: '--nodes takes a number from 1 to 3, together with --real',
      where: 'the command line',
      seen: `--nodes ${nodes}${real ? '' : ' without --real'}`,
      fix: `leave it out for ${NODES} real nodes; simulated ones are always six`,
    });
  return [
    ...(flags['definitions-by-argocd'] ? ['--definitions-by-argocd'] : []),
    ...(real ? [`--nodes=${nodes ?? NODES}`] : []),
  ];
}

/** Prints commands to try. */
function instructions({ folder, dashboards }: LabFile): void {
  console.log(`
  export KUBECONFIG=${join(folder, 'kubeconfig')}
  export ARGOCD_CONFIG_DIR=${join(folder, 'argocd')} PATH=${join(folder, 'path')}:$PATH

  kubectl get applications -n argocd     argocd app list     git push lab
${Object.entries(dashboards)
  .map(([what, url]) => `  ${what}: ${url}`)
  .join('\n')}`);
}

async function status(names: readonly string[]): Promise<void> {
  for (const lab of labsOf(names)) {
    const total = lab.processes.reduce((sum, { megabytes }) => sum + megabytes, 0);
    console.log(`${lab.cluster}: since ${lab.started}, process ${lab.pid}, ${total} MB in total`);
    for (const { name, pid, megabytes } of lab.processes)
      console.log(
        `  ${name.padEnd(30)} ${String(pid).padStart(8)} ${String(megabytes).padStart(6)} MB${megabytes === 0 ? '  gone' : ''}`,
      );
    const api = new Api(lab.access);
    for (const application of await applicationStatuses(api))
      console.log(
        `  ${isSettled(application) ? 'ok ' : '-- '} ${application.name.padEnd(26)} ${application.sync.padEnd(10)} ${application.health.padEnd(12)} ${isSettled(application) ? '' : application.message}`,
      );
    api.close();
  }
}

async function logs([name, program]: readonly string[], { follow }: Options): Promise<void> {
  const [lab] = labsOf(name === undefined ? [] : [name]);
  const folder = join((lab as LabFile).folder, 'logs');
  const known = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => file.slice(0, -'.log'.length));
  if (program === undefined) {
    console.log(known.map((word) => `${word.padEnd(32)} ${join(folder, `${word}.log`)}`).join('\n'));
    return;
  }
  if (!known.includes(program))
    throw new Fault({
      what: `there is no log of a program "${program}"`,
      where: folder,
      seen: program,
      fix: suggest(program, known),
    });
  const file = join(folder, `${program}.log`);
  if (!follow) {
    process.stdout.write(readFileSync(file, 'utf8'));
    return;
  }
  const tail = spawn('tail', ['-n', '50', '-F', file], { stdio: 'inherit' });
  await new Promise((resolve) => tail.on('exit', resolve));
}

async function down(names: readonly string[]): Promise<void> {
  const cluster = names[0];
  const labs = cluster === undefined || readLab(root, clusterOf(cluster)) ? labsOf(names, true) : [];
  if (labs.length === 0) console.log(cluster === undefined ? 'no lab is up' : `the lab ${cluster} is not up`);
  for (const { pid, folder, room, cluster: which } of labs) {
    process.kill(pid, 'SIGTERM');
    // Guardians remove these last.
    while ([folder, room].some((one) => one !== undefined && existsSync(one))) await pause(100);
    console.log(`the lab ${which} is down`);
  }
}

/** The named lab, or all that are up. */
function labsOf([name]: readonly string[], allowNone = false): LabFile[] {
  const names = name === undefined ? clusterNames(root) : [clusterOf(name)];
  const labs = names.flatMap((cluster) => readLab(root, cluster) ?? []);
  if (labs.length === 0 && !allowNone)
    throw new Fault({
      what: name === undefined ? 'no lab is up' : `the lab ${name} is not up`,
      where: join(root, '.lab'),
      fix: `npm run lab -- up ${name ?? 'CLUSTER'}`,
    });
  return labs;
}

function clusterOf(name: string | undefined): string {
  const known = clusterNames(root);
  if (name === undefined)
    throw new Fault({ what: 'no cluster was given', where: 'the command line', fix: `one of ${known.join(', ')}` });
  if (!known.includes(name))
    throw new Fault({
      what: `there is no cluster "${name}"`,
      where: 'the command line',
      seen: name,
      fix: suggest(name, known),
    });
  return name;
}
