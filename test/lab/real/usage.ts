/**
 * What pods of the kind cluster use under load, beside what they request: run by `npm run usage`, in a room. Prints a
 * table in Markdown.
 *
 * Usage: usage.ts [MINUTES]   of load, 10 without it
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textAt } from '../../../charts/lib/manifest.ts';
import { amountOf } from '../../lib/quantity.ts';
import { pause } from '../api.ts';
import { kindCluster, RealGround, type RoomContainer } from '../scenarios/real/real-ground.ts';
import { say } from '../scenarios/rehearsal.ts';

/** Clients of each host, and the milliseconds that each waits between its requests. */
const CLIENTS = 4;
const INTERVAL_MS = 20;
const SECONDS_BETWEEN_SAMPLES = 5;
const MEBIBYTE = 2 ** 20;

/** What a container has used. */
interface Use {
  /** Seconds of processor time since its start. */
  readonly seconds: number;
  /** Bytes that cannot be dropped: without the page cache that is not in use, as a kubelet counts it. */
  readonly memory: number;
}

const minutes = Number(process.argv[2] ?? 10);
const cluster = await kindCluster();
if (cluster === undefined) throw new Error('the repository has no cluster on kind');
const ground = await RealGround.up(cluster);
try {
  await ground.settled();
  const hosts = await ground.hosts();
  const loads = await Promise.all(hosts.map(({ host }) => ground.load(host, pathOf(host), CLIENTS, INTERVAL_MS)));
  const containers = await ground.containers();
  const before = new Map(containers.map((one) => [one.pid, useOf(one.pid)]));
  const peaks = new Map<number, number>();
  const started = performance.now();
  say(`${hosts.length * CLIENTS} clients call ${hosts.map(({ host }) => host).join(', ')} for ${minutes} minutes`);
  while (performance.now() - started < minutes * 60_000) {
    for (const { pid } of containers) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, useOf(pid)?.memory ?? 0));
    await pause(SECONDS_BETWEEN_SAMPLES * 1000);
  }
  const seconds = (performance.now() - started) / 1000;
  const after = new Map(containers.map((one) => [one.pid, useOf(one.pid)]));
  for (const [i, load] of loads.entries()) say(`${hosts[i]?.host}: ${JSON.stringify(await load.end())}`);
  console.log(
    [
      '| container | CPU used | requested | limit | memory at most | requested | limit |',
      '| --- | --: | --: | --: | --: | --: | --: |',
      ...containers
        .map((one) => row(one, seconds, before.get(one.pid), after.get(one.pid), peaks.get(one.pid) ?? 0))
        .sort(),
    ].join('\n'),
  );
} finally {
  await ground.rehearsal.end();
}

function row(
  { pod, name, container }: RoomContainer,
  seconds: number,
  before: Use | undefined,
  after: Use | undefined,
  peak: number,
): string {
  const cpu = before && after ? `${Math.round(((after.seconds - before.seconds) / seconds) * 1000)}m` : 'ended';
  const amount = (kind: 'requests' | 'limits', what: 'cpu' | 'memory'): string => {
    const text = textAt(container, 'resources', kind, what);
    if (text === undefined) return 'none';
    return what === 'cpu' ? `${Math.round(amountOf(text) * 1000)}m` : mebibytes(amountOf(text));
  };
  // Pods of one workload are rows of their own: members of a replica set differ.
  const cells = [
    `${pod.metadata.namespace}/${pod.metadata.name.replace(/(-[0-9a-f]{8,10})?-[0-9a-z]{5}$/, '')} ${name}`,
    cpu,
    amount('requests', 'cpu'),
    amount('limits', 'cpu'),
    mebibytes(peak),
    amount('requests', 'memory'),
    amount('limits', 'memory'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)}Mi`;
}

/** A path that does the service's usual work. */
function pathOf(host: string): string {
  const service = host.split('.')[0];
  return { whoami: '/ip', restaurants: '/restaurants', items: '/item' }[service ?? ''] ?? '/';
}

/** Reads what the control group of a process has used; undefined once it is gone. */
function useOf(pid: number): Use | undefined {
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    const at = (controller: string): string => {
      const line = groups.map((text) => text.split(':')).find(([, names]) => names?.split(',').includes(controller));
      return join('/sys/fs/cgroup', line?.[1] ?? '', line?.[2] ?? '');
    };
    const unified = groups.length === 1 ? join('/sys/fs/cgroup', groups[0]?.split(':')[2] ?? '') : undefined;
    const number = (folder: string, file: string): number => Number(readFileSync(join(folder, file), 'utf8'));
    const field = (folder: string, file: string, name: string): number =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(join(folder, file), 'utf8'))?.[1]);
    if (unified !== undefined)
      return {
        seconds: field(unified, 'cpu.stat', 'usage_usec') / 1e6,
        memory: number(unified, 'memory.current') - field(unified, 'memory.stat', 'inactive_file'),
      };
    return {
      seconds: number(at('cpuacct'), 'cpuacct.usage') / 1e9,
      memory: number(at('memory'), 'memory.usage_in_bytes') - field(at('memory'), 'memory.stat', 'total_inactive_file'),
    };
  } catch {
    return undefined;
  }
}
