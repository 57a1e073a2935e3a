import { fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Fault, suggest } from '../../charts/fault.ts';
import { clusterNames } from '../../cli/load.ts';
import { Api, pause } from './api.ts';
import { type LabFile, labFolder, readLab } from './lab-file.ts';
import { isSettled, applicationStatuses } from './lab.ts';

const USAGE = `lab: a cluster's complete GitOps loop on this machine, without containers or a cloud

  npm run lab -- up CLUSTER [--definitions-by-argocd]   start it, push HEAD, wait until all Applications are Synced and Healthy
  npm run lab -- status [CLUSTER]                       processes, memory, Applications
  npm run lab -- logs CLUSTER [PROGRAM] [--follow]      logs of a program
  npm run lab -- down [CLUSTER]                         stop it and remove its files

Programs are built from Go modules once; set LAB_BIN to use a folder of existing binaries instead.`;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const COMMANDS: Readonly<Record<string, (names: readonly string[], options: Options) => Promise<void> | void>> = {
  up,
  status,
  logs,
  down,
};

interface Options {
  readonly follow: boolean;
  readonly 'definitions-by-argocd': boolean;
}

// A closed pipe, such as to `head`, is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      follow: { type: 'boolean', short: 'f', default: false },
      'definitions-by-argocd': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...names] = positionals;
  if (values.help || command === undefined) console.log(USAGE);
  else await commandOf(command)(names, values);
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
async function up([name]: readonly string[], options: Options): Promise<void> {
  const cluster = clusterOf(name);
  const running = readLab(root, cluster);
  if (running) {
    console.log(`the lab ${cluster} is already up (process ${running.pid})`);
    instructions(running);
    return;
  }
  const folder = labFolder(root, cluster);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const supervisor = fork(
    join(import.meta.dirname, 'supervisor.ts'),
    [cluster, ...(options['definitions-by-argocd'] ? ['--definitions-by-argocd'] : [])],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => supervisor.kill('SIGTERM'));
  const problem = await new Promise<string | undefined>((resolve) => {
    supervisor.on('message', (message: { readonly line?: string; readonly done?: true; readonly error?: string }) => {
      if (message.line !== undefined) console.log(message.line);
      if (message.done) resolve(undefined);
      if (message.error !== undefined) resolve(message.error);
    });
    supervisor.on('exit', (code, signal) => resolve(`the lab ended (${signal ?? code}) before it was up`));
  });
  if (problem !== undefined) {
    console.error(`error: ${problem}`);
    process.exitCode = 1;
    return;
  }
  supervisor.disconnect();
  supervisor.unref();
  const lab = readLab(root, cluster);
  if (lab) instructions(lab);
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
    const processes = lab.processes.map(({ name, pid }) => ({ name, pid, megabytes: megabytesOf(pid) }));
    console.log(
      `${lab.cluster}: since ${lab.started}, process ${lab.pid}, ${processes.reduce((sum, { megabytes }) => sum + megabytes, megabytesOf(lab.pid))} MB in total`,
    );
    for (const { name, pid, megabytes } of processes)
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
  for (const { pid, folder, cluster: which } of labs) {
    process.kill(pid, 'SIGTERM');
    // The guardian removes the folder last.
    while (existsSync(folder)) await pause(100);
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

/** Proportional set size of a process in MiB (Pss, see proc_pid_smaps(5)); 0 if it is gone. */
function megabytesOf(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}
