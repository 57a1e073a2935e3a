/**
 * Benchmarks the services, as ratios within one run where absolute numbers say little on a shared machine.
 *
 *   npm run bench:services [-- SECONDS [PART]]   duration of a measurement, default 1; the long runs take forty times as
 *                                                long; one part alone: throughput, latency, cost, memory or update
 *
 * Exits with 1 if a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { withDatabase } from '../../apps/common/src/mongo/testing/connection-string.ts';
import { startTestServer } from '../databases/server.ts';
import { Balancer } from './services/balancer.ts';
import { type Load, load } from './services/load.ts';
import { COLLECTING, root, type Running, startBare, startService, untilReady } from './services/run.ts';

const seconds = Math.max(1, Number(process.argv[2] ?? 1));
const only = process.argv[3];
const CONNECTIONS = 20;
/** Pairs of processes: two of the same program differ by a tenth, because JIT compilation varies. */
const PAIRS = 3;
/**
 * Alternating measurements of service and bare handler: short and many, so that load on the machine affects both
 * equally.
 */
const ROUNDS = 9;
/** Discarded measurements at the start. */
const WARM_UP = 6;
const MIN_RATIO = 0.85;
/** Maximum ratio of the heap after the long run to that after a quarter of it, both after garbage collection. */
const MAX_GROWTH = 1.1;

interface Subject {
  readonly what: string;
  readonly service: string;
  /** Name in bare.ts. */
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

// Child processes are ended on exit, which a signal alone would bypass.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const server = await startTestServer();
if ('reasons' in server) throw new Error(`no database is available:\n${server.reasons.join('\n')}`);
try {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the build of the services failed');
  console.log(
    `Node ${process.versions.node}, ${CONNECTIONS} connections, ${seconds} s each, database: ${server.kind}\n`,
  );
  const { uri } = server;
  for (const [name, measure] of Object.entries({ throughput, latency, cost, memory }))
    if (only === undefined || only === name) for (const subject of SUBJECTS) await measure(subject, uri);
  if (only === undefined || only === 'update') await rollingUpdate(uri);
} finally {
  await server.stop();
}
process.exitCode = missed === 0 ? 0 : 1;

async function throughput(subject: Subject, uri: string): Promise<void> {
  const ratios = (await repeat(PAIRS, () => compare(subject, uri))).flat();
  const ratio = middle(ratios);
  report(`${subject.what}: throughput against a bare handler`, ratio.toFixed(2), `>= ${MIN_RATIO}`, ratio >= MIN_RATIO);
}

/** @returns ratio of the service's throughput to the bare handler's, for each round */
async function compare(subject: Subject, uri: string): Promise<number[]> {
  const env = environment(subject, uri);
  const service = await startService(subject.service, env);
  const bare = await startBare(subject.bare, subject.service, env);
  try {
    await untilReady(service);
    const path = await subject.path(service);
    const measure = async ({ url }: Running): Promise<number> =>
      (await complete(load({ url: `${url}${path}`, seconds, connections: CONNECTIONS }))).throughput;
    // Until both are JIT-compiled.
    await repeat(WARM_UP, () => measure(service));
    await repeat(WARM_UP, () => measure(bare));
    return await repeat(ROUNDS, async () => (await measure(service)) / (await measure(bare)));
  } finally {
    await service.stop();
    await bare.stop();
  }
}

/** Latency at half of the maximum throughput: at the maximum it would only measure the queue. */
async function latency(subject: Subject, uri: string): Promise<void> {
  const service = await startService(subject.service, environment(subject, uri));
  try {
    await untilReady(service);
    const url = `${service.url}${await subject.path(service)}`;
    const loads = await repeat(WARM_UP, () => complete(load({ url, seconds, connections: CONNECTIONS })));
    const max = Math.max(...loads.map((l) => l.throughput));
    const half = await complete(
      load({ url, seconds: seconds * 5, connections: CONNECTIONS, rate: Math.round(max / 2) }),
    );
    report(`${subject.what}: p99 at half of ${Math.round(max)} requests/s`, `${half.p99} ms`, 'stated', true);
  } finally {
    await service.stop();
  }
}

/** What a request costs at half of the maximum throughput, and what the process costs without any. */
async function cost(subject: Subject, uri: string): Promise<void> {
  const service = await startService(subject.service, environment(subject, uri));
  try {
    await untilReady(service);
    const read = async (name: string): Promise<number> =>
      metric(await (await fetch(`${service.url}/metrics`)).text(), name);
    const cpu = (): Promise<number> => read('process_cpu_seconds_total');
    const idleBefore = await cpu();
    await new Promise((resolve) => setTimeout(resolve, seconds * 5_000));
    const idle = (await cpu()) - idleBefore;
    const url = `${service.url}${await subject.path(service)}`;
    const resident = (await read('process_resident_memory_bytes')) / 2 ** 20;
    const loads = await repeat(WARM_UP, () => complete(load({ url, seconds, connections: CONNECTIONS })));
    const rate = Math.round(Math.max(...loads.map((l) => l.throughput)) / 2);
    const before = await cpu();
    const { succeeded } = await complete(load({ url, seconds: seconds * 10, connections: CONNECTIONS, rate }));
    const used = (await cpu()) - before;
    const perSecond = Math.round(succeeded / used);
    report(`${subject.what}: requests per CPU second, at ${rate} requests/s`, String(perSecond), 'stated', true);
    const millis = Math.round((idle / (seconds * 5)) * 1000);
    report(
      `${subject.what}: CPU and memory without requests`,
      `${millis}m ${Math.round(resident)} MiB`,
      'stated',
      true,
    );
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
    const sampler = setInterval(
      () => void read('process_resident_memory_bytes').then((bytes) => resident.push(bytes)),
      100,
    );
    const heaps: number[] = [];
    let requests = 0;
    for (const part of [1, 3]) {
      requests += (await complete(load({ url, seconds: seconds * 10 * part, connections: CONNECTIONS }))).succeeded;
      await service.collect();
      heaps.push(await read('nodejs_heap_size_used_bytes'));
    }
    clearInterval(sampler);
    const [quarter = Number.NaN, end = Number.NaN] = heaps;
    const growth = end / quarter;
    const peak = Math.max(...resident) / 2 ** 20;
    report(
      `${subject.what}: heap after ${requests} requests against a quarter of them`,
      growth.toFixed(2),
      `<= ${MAX_GROWTH}`,
      growth <= MAX_GROWTH,
    );
    report(`${subject.what}: peak memory`, `${Math.round(peak)} MiB`, '< 256 MiB', peak < 256);
  } finally {
    await service.stop();
  }
}

/** Replaces all pods one by one, like a rolling update, while items are added. */
async function rollingUpdate(uri: string): Promise<void> {
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
    const running = load({
      url: `${url}/item`,
      seconds: Math.max(seconds * 8, 15),
      connections: CONNECTIONS,
      rate: 300,
      body: '{"name":"[<id>]"}',
    });
    for (let i = 0; i < 4; i++) await replace();
    const { succeeded, lost } = await running;
    const stored = await count(pods[0]!);
    report(
      `items: requests lost while 4 pods were replaced, of ${succeeded}`,
      String(lost),
      '0',
      lost === 0 && succeeded > 0,
    );
    // The load ends without waiting for requests in flight: a few more items than responses are fine, fewer are not.
    report(
      'items: answered 201 and not in the database',
      String(Math.max(0, succeeded - stored)),
      '0',
      stored >= succeeded && stored <= succeeded + CONNECTIONS,
    );
    report(
      'items: exit code of each pod',
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
    const response: Response = await fetch(`${service.url}/item?limit=100${after === null ? '' : `&after=${after}`}`);
    const page = (await response.json()) as { items: unknown[]; next: string | null };
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
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  if (response.status !== 201) throw new Error(`POST ${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** @throws Error if a request of the measurement failed */
async function complete(measured: Promise<Load>): Promise<Load> {
  const result = await measured;
  if (result.lost > 0) throw new Error(`${result.lost} requests of a measurement failed`);
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
