/**
 * What the services cost and bear, as ratios taken in one run where a single number says little on a shared machine.
 *
 *   npm run bench:services [-- SECONDS]     of each measurement, 1 unless given; the long runs take forty times as long
 *
 * Fails if a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { withDatabase } from '../../apps/common/src/mongo/testing/connection-string.ts';
import { startTestServer } from '../offline/databases/server.ts';
import { Balancer } from './services/balancer.ts';
import { type Load, load } from './services/load.ts';
import { COLLECTING, root, type Running, startBare, startService, untilReady } from './services/run.ts';

const seconds = Math.max(1, Number(process.argv[2] ?? 1));
const CONNECTIONS = 20;
/** Pairs of processes: two of the same program differ by a tenth, from how their compiler happened to see them. */
const PAIRS = 3;
/** Pairs of measurements, of the service and of the bare handler in turn: short and many, so that the machine's mood hits both. */
const ROUNDS = 9;
/** Measurements that do not count, at first. */
const WARM_UP = 6;
const LEAST_RATIO = 0.85;
/** Heap after the long run against that after a quarter of it, without garbage. */
const MOST_GROWTH = 1.1;

interface Subject {
  readonly what: string;
  readonly service: string;
  /** Of bare.ts. */
  readonly bare: string;
  readonly path: (service: Running) => Promise<string>;
  readonly database: boolean;
}

const SUBJECTS: readonly Subject[] = [
  { what: 'whoami, GET /', service: 'whoami', bare: 'whoami', path: async () => '/', database: false },
  {
    what: 'restaurants, GET /restaurants/:id',
    service: 'restaurants',
    bare: 'restaurant',
    path: fillRestaurants,
    database: true,
  },
  {
    what: 'restaurants, GET /restaurants (20)',
    service: 'restaurants',
    bare: 'restaurants',
    path: async (service) => fillRestaurants(service).then(() => '/restaurants'),
    database: true,
  },
  { what: 'items, GET /item (20)', service: 'items', bare: 'items', path: fillItems, database: true },
];

let missed = 0;

// An exit ends what was started; a signal alone would not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const server = await startTestServer();
if ('reasons' in server) throw new Error(`no database to measure with:\n${server.reasons.join('\n')}`);
try {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the services do not build');
  console.log(
    `Node ${process.versions.node}, ${CONNECTIONS} connections, ${seconds} s each, database: ${server.kind}\n`,
  );
  for (const subject of SUBJECTS) await throughput(subject, server.uri);
  for (const subject of SUBJECTS) await latency(subject, server.uri);
  for (const subject of SUBJECTS) await memory(subject, server.uri);
  await rollingStop(server.uri);
} finally {
  await server.stop();
}
process.exitCode = missed === 0 ? 0 : 1;

async function throughput(subject: Subject, uri: string): Promise<void> {
  const ratios = (await repeat(PAIRS, () => compare(subject, uri))).flat();
  const ratio = middle(ratios);
  report(
    `${subject.what}: throughput against a bare handler`,
    ratio.toFixed(2),
    `>= ${LEAST_RATIO}`,
    ratio >= LEAST_RATIO,
  );
}

/** @returns how much the service does of what the bare handler does, for each round */
async function compare(subject: Subject, uri: string): Promise<number[]> {
  const env = environment(subject, uri);
  const service = await startService(subject.service, env);
  const bare = await startBare(subject.bare, subject.service, env);
  try {
    await untilReady(service);
    const path = await subject.path(service);
    const measure = async ({ url }: Running): Promise<number> =>
      (await whole(load({ url: `${url}${path}`, seconds, connections: CONNECTIONS }))).throughput;
    // Until the compiler is done with both.
    await repeat(WARM_UP, () => measure(service));
    await repeat(WARM_UP, () => measure(bare));
    return await repeat(ROUNDS, async () => (await measure(service)) / (await measure(bare)));
  } finally {
    await service.stop();
    await bare.stop();
  }
}

/** Half of what it can do: a service that is asked for all it can shows only how long the queue is. */
async function latency(subject: Subject, uri: string): Promise<void> {
  const service = await startService(subject.service, environment(subject, uri));
  try {
    await untilReady(service);
    const url = `${service.url}${await subject.path(service)}`;
    const loads = await repeat(WARM_UP, () => whole(load({ url, seconds, connections: CONNECTIONS })));
    const most = Math.max(...loads.map((l) => l.throughput));
    const half = await whole(load({ url, seconds: seconds * 5, connections: CONNECTIONS, rate: Math.round(most / 2) }));
    report(`${subject.what}: p99 at half of ${Math.round(most)} requests/s`, `${half.p99} ms`, 'stated', true);
  } finally {
    await service.stop();
  }
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) results.push(await work());
  return results;
}

/** Memory must not grow with requests. */
async function memory(subject: Subject, uri: string): Promise<void> {
  const service = await startService(subject.service, environment(subject, uri), COLLECTING);
  try {
    await untilReady(service);
    const url = `${service.url}${await subject.path(service)}`;
    const read = async (name: string): Promise<number> =>
      metric(await (await fetch(`${service.url}/metrics`)).text(), name);
    const resident: number[] = [];
    const looks = setInterval(
      () => void read('process_resident_memory_bytes').then((bytes) => resident.push(bytes)),
      100,
    );
    const heaps: number[] = [];
    let requests = 0;
    for (const part of [1, 3]) {
      requests += (await whole(load({ url, seconds: seconds * 10 * part, connections: CONNECTIONS }))).answers;
      await service.collect();
      heaps.push(await read('nodejs_heap_size_used_bytes'));
    }
    clearInterval(looks);
    const [quarter = Number.NaN, end = Number.NaN] = heaps;
    const growth = end / quarter;
    const most = Math.max(...resident) / 2 ** 20;
    report(
      `${subject.what}: heap after ${requests} requests against a quarter of them`,
      growth.toFixed(2),
      `<= ${MOST_GROWTH}`,
      growth <= MOST_GROWTH,
    );
    report(`${subject.what}: most memory`, `${Math.round(most)} MiB`, '< 256 MiB', most < 256);
  } finally {
    await service.stop();
  }
}

/** All pods are replaced, one after the other as a Deployment does it, while items are added. */
async function rollingStop(uri: string): Promise<void> {
  const env = { MONGODB_URI: withDatabase(uri, `bench-${randomUUID()}`), SHUTDOWN_DRAIN_SECONDS: '1' };
  const balancer = new Balancer();
  const url = await balancer.listen();
  const pods: Running[] = [];
  const statuses: (number | null)[] = [];
  const replace = async (): Promise<void> => {
    const pod = await startService('items', env);
    await untilReady(pod);
    await balancer.add(pod);
    pods.push(pod);
    const old = pods.length > 2 ? pods.shift() : undefined;
    if (!old) return;
    statuses.push(await old.stop());
    balancer.remove(old);
  };
  try {
    await replace();
    await replace();
    const under = load({
      url: `${url}/item`,
      seconds: Math.max(seconds * 8, 15),
      connections: CONNECTIONS,
      rate: 300,
      body: '{"name":"[<id>]"}',
    });
    for (let i = 0; i < 4; i++) await replace();
    const { answers, lost } = await under;
    const kept = await count(pods[0]!);
    report(
      `items: requests lost while 4 pods were replaced, of ${answers}`,
      String(lost),
      '0',
      lost === 0 && answers > 0,
    );
    // The load ends without waiting for what is on its way: a few more items than answers are no fault, fewer are.
    report(
      'items: answered 201 and not in the database',
      String(Math.max(0, answers - kept)),
      '0',
      kept >= answers && kept <= answers + CONNECTIONS,
    );
    report(
      'items: exit status of each pod',
      statuses.join(' '),
      '0 0 0 0',
      statuses.every((status) => status === 0),
    );
  } finally {
    balancer.close();
    for (const pod of pods) await pod.stop();
  }
}

async function count(service: Running): Promise<number> {
  let items = 0;
  let after: string | null = null;
  do {
    const answer: Response = await fetch(`${service.url}/item?limit=100${after === null ? '' : `&after=${after}`}`);
    const page = (await answer.json()) as { items: unknown[]; next: string | null };
    items += page.items.length;
    after = page.next;
  } while (after !== null);
  return items;
}

function environment({ database }: Subject, uri: string): Record<string, string> {
  return database ? { MONGODB_URI: withDatabase(uri, `bench-${randomUUID()}`) } : {};
}

async function fillRestaurants({ url }: Running): Promise<string> {
  let id = '';
  for (let i = 0; i < 50; i++) {
    const address = { street: `Street ${i}`, city: 'Town', postalCode: String(10_000 + i) };
    ({ id } = (await post(`${url}/restaurants`, {
      name: `Restaurant ${i}`,
      cuisine: 'thai',
      address,
      rating: 3.5,
    })) as { id: string });
  }
  return `/restaurants/${id}`;
}

async function fillItems({ url }: Running): Promise<string> {
  for (let i = 0; i < 50; i++) await post(`${url}/item`, { name: `item ${i}`, description: 'one of many' });
  return '/item';
}

async function post(url: string, body: object): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status !== 201) throw new Error(`POST ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** A measurement counts only if every request was answered. */
async function whole(measured: Promise<Load>): Promise<Load> {
  const result = await measured;
  if (result.lost > 0) throw new Error(`${result.lost} requests of a measurement were not answered`);
  return result;
}

function metric(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(what: string, value: string, goal: string, met: boolean): void {
  if (!met) missed += 1;
  console.log(`${what.padEnd(76)} ${value.padStart(10)}   goal ${goal}${met ? '' : '   MISSED'}`);
}
