/**
 * The background process of a lab: `npm run lab -- up` starts it and exits once the lab is up. It stops the lab on a
 * signal, on an error, or when `up` is interrupted.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../charts/fault.ts';
import { repository } from '../../clusters/fleet.ts';
import type { ValuesModule } from '../../cli/exported.ts';
import { loadCluster } from '../../cli/load.ts';
import { programsOf } from './adapters.ts';
import { ARGO_PROGRAMS } from './argo-cd.ts';
import { type Kit, kit } from './build.ts';
import { PLANE_PROGRAMS, readManifests } from './control-plane.ts';
import { connectRemote, DISCONNECT } from './git-remote.ts';
import { GrowingKit } from './growing-kit.ts';
import { Lab } from './lab.ts';
import { labFolder, writeLab } from './lab-file.ts';
import { room } from './real/doors.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [name = '', ...options] = process.argv.slice(2);
const realNodes =
  Number(options.find((option) => option.startsWith('--nodes='))?.slice('--nodes='.length)) || undefined;
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
const begun = new Date();
const seconds = (): string => `${((Date.now() - begun.getTime()) / 1000).toFixed(0).padStart(4)} s  `;
const send = (message: Readonly<Record<string, unknown>>): void => {
  if (process.connected) process.send?.(message);
};
const say = (line: string): void => send({ line: `${seconds()}${line}` });

// A fault of the lab itself is told too, not only seen as its end.
process.on('uncaughtException', (error) => {
  send({ error: error.stack });
  process.exit(1);
});

let lab: Lab | undefined;
let up = false;
// A lab that is not up yet is stopped when `up` is gone.
process.on('disconnect', () => up || ending.abort());
try {
  await Promise.race([bringUp(), ended]);
  await ended;
} catch (error) {
  send({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
} finally {
  ending.abort();
  await lab?.stop();
  process.disconnect?.();
}

async function bringUp(): Promise<void> {
  const cluster = await loadCluster(root, name, {
    cluster: (folder) => import(`../../clusters/${folder}/cluster.ts`) as Promise<ValuesModule>,
    rings: () => import('../../clusters/rings.ts'),
  });
  const folder = labFolder(root, name);
  const programs = await openKit();
  lab = await Lab.create({
    folder,
    kit: programs,
    cluster,
    repository,
    checkout: root,
    say,
    definitionsByArgoCd: options.includes('--definitions-by-argocd'),
    realNodes,
    undo: [...DISCONNECT, root],
  });
  await start(lab);
  connectRemote(root, lab.remote, repository.revision);
  publish(lab);
  const problem = await settle(lab);
  publish(lab);
  up = true;
  send({ done: true, problem });
  setInterval(() => lab && publish(lab), 2000).unref();
}

/** With simulated nodes a lab starts while its programs are built; the room of real ones reaches no module proxy. */
function openKit(): Promise<Kit> {
  const { signal } = ending;
  if (realNodes !== undefined) return kit({ say, signal, real: true });
  const used = programsOf(readManifests(join(root, 'dist', name)));
  return GrowingKit.open({ say, signal, first: PLANE_PROGRAMS, later: [...ARGO_PROGRAMS, ...used] });
}

async function start(started: Lab): Promise<void> {
  await started.start(() => {
    // From here on its processes and logs can be asked for.
    publish(started);
    return started.handOver();
  });
}

/** @returns why not all Applications are Synced and Healthy, if that is because a program cannot be built */
async function settle(started: Lab): Promise<string | undefined> {
  let last = -1;
  try {
    const took = await started.settled(600, (unsettled, all) => {
      const count = all - unsettled.length;
      if (count !== last) say(`${count} of ${all} Applications are Synced and Healthy`);
      last = count;
    });
    say(`all Applications are Synced and Healthy ${took.toFixed(0)} s after the root was applied`);
    return undefined;
  } catch (error) {
    const unbuilt = started.props.kit.unbuilt();
    if (unbuilt.length === 0 || !(error instanceof Fault)) throw error;
    return `${error.message}\n  because ${unbuilt.join(', ')} could not be built; the rest of the lab is up`;
  }
}

function publish({ processes, plane, argo, props, nodes }: Lab): void {
  writeLab({
    cluster: props.cluster.name,
    pid: room()?.pid ?? process.pid,
    folder: props.folder,
    room: room()?.folder,
    started: begun.toISOString(),
    access: plane.api.access,
    processes: [{ name: 'lab', pid: process.pid }, ...processes.all()].map((one) => ({
      ...one,
      megabytes: megabytesOf(one.pid),
    })),
    dashboards: {
      'Argo CD (API, no web interface in its module)': `http://${argo.address}`,
      'application controller metrics': argo.metrics,
      ...nodes.addresses(),
    },
  });
}

/** Proportional set size of a process in MiB (Pss, see proc_pid_smaps(5)); 0 if it is gone. */
function megabytesOf(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Math.ceil(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}
