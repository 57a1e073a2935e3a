/**
 * The background process of a lab: `npm run lab -- up` starts it and exits once the lab is up. It stops the lab on a
 * signal, on an error, or when `up` is interrupted.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from '../../clusters/fleet.ts';
import type { ValuesModule } from '../../cli/exported.ts';
import { loadCluster } from '../../cli/load.ts';
import { kit } from './build.ts';
import { connectRemote, DISCONNECT } from './git-remote.ts';
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
const started = new Date();
const seconds = (): string => `${((Date.now() - started.getTime()) / 1000).toFixed(0).padStart(4)} s  `;
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
  const programs = await kit({ say, signal: ending.signal, real: realNodes !== undefined });
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
  await lab.start();
  connectRemote(root, lab.remote, repository.revision);
  publish(lab);
  let last = -1;
  const took = await lab.settled(600, (unsettled, all) => {
    const count = all - unsettled.length;
    if (count !== last) say(`${count} of ${all} Applications are Synced and Healthy`);
    last = count;
  });
  say(`all Applications are Synced and Healthy ${took.toFixed(0)} s after the root was applied`);
  publish(lab);
  up = true;
  send({ done: true });
  setInterval(() => lab && publish(lab), 2000).unref();
}

function publish({ processes, plane, argo, props, nodes }: Lab): void {
  writeLab({
    cluster: props.cluster.name,
    pid: room()?.pid ?? process.pid,
    folder: props.folder,
    room: room()?.folder,
    started: started.toISOString(),
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
