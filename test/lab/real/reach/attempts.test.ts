import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attempt, attempts, buildProbe } from './attempts.ts';
import { compare, unproven, unserved } from './compare.ts';
import type { Expectation, Target } from './model.ts';
import { keyOf } from './targets.ts';

const target = (address: string, port: number, protocol: Target['protocol'] = 'TCP'): Target => ({
  name: `${address}:${port}`,
  address,
  port,
  protocol,
  service: true,
});

/** What the test needs of the machine; the first thing that it lacks, or undefined. */
function lacking(): string | undefined {
  if (process.platform !== 'linux') return 'Linux';
  if (process.getuid?.() !== 0) return 'root';
  return [
    ['go', 'version'],
    ['iptables', '--version'],
    ['ip', '-V'],
    ['unshare', '--net', 'true'],
  ].find(([program, ...args]) => {
    try {
      execFileSync(program!, args, { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  })?.[0];
}

const missing = lacking();

/** A server of TCP port 7001, and of DNS on UDP port 53, as a process of its own. */
const SERVER = `
  require('node:net').createServer((socket) => socket.destroy()).listen(7001, '0.0.0.0', () => {
    const dns = require('node:dgram').createSocket('udp4');
    dns.on('message', (query, { port, address }) => dns.send(query, port, address));
    dns.bind(53, '0.0.0.0', () => console.log('listening'));
  });
`;

/** Firewall of the namespace in the test, in iptables' words. */
const RULES = [
  // As kube-router denies.
  'INPUT -p tcp --dport 7003 -j REJECT',
  'INPUT -p tcp --dport 7004 -j DROP',
  // What a closed port answers.
  'INPUT -p tcp --dport 7005 -j REJECT --reject-with tcp-reset',
  'INPUT -p udp -d 127.0.0.2 --dport 53 -j REJECT',
  'INPUT -p udp -d 127.0.0.3 --dport 53 -j DROP',
];

describe.skipIf(missing)(`the probe${missing ? ` (needs ${missing})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-probe-'));
  let namespace: ChildProcess;
  let probe: string;

  beforeAll(async () => {
    probe = await buildProbe(folder);
    const script = [
      'set -e',
      'ip link set lo up',
      ...RULES.map((rule) => `iptables -A ${rule}`),
      'ip route add blackhole 192.0.2.1/32',
      'exec "$0" -e "$1"',
    ].join('\n');
    namespace = spawn('unshare', ['--net', 'sh', '-c', script, process.execPath, SERVER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(namespace, 'close').then(() => Promise.reject(new Error('the servers could not start')));
    await Promise.race([once(namespace.stdout!, 'data'), ended]);
  }, 120_000);

  afterAll(async () => {
    const exited = namespace.exitCode === null ? once(namespace, 'exit') : undefined;
    namespace.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true });
  });

  it('tells an open port, a closed one, a rejection, silence and a missing route apart', async () => {
    const targets = [
      target('127.0.0.1', 7001),
      target('127.0.0.1', 7002),
      target('127.0.0.1', 7003),
      target('127.0.0.1', 7004),
      target('127.0.0.1', 7005),
      target('192.0.2.1', 80),
      target('198.51.100.1', 80),
      target('127.0.0.1', 53, 'UDP'),
      target('127.0.0.2', 53, 'UDP'),
      target('127.0.0.3', 53, 'UDP'),
    ];
    const source = { name: 'a/pod', netns: `/proc/${namespace.pid}/ns/net` };
    const seen = await attempts([{ source, targets }], { probe, timeoutMs: 1000 });
    const outcomes = targets.map((one) => seen.get('a/pod')?.get(keyOf(one)));
    expect(outcomes.map((one) => one?.outcome)).toEqual([
      'open',
      'closed',
      'rejected',
      'silent',
      'closed',
      'unroutable',
      'unroutable',
      'open',
      'rejected',
      'silent',
    ]);
    expect(outcomes[2]?.detail).toBe('ICMP destination unreachable, code 3, from 127.0.0.1');
  });

  it('tries several hundred targets in the time of one', async () => {
    const targets = Array.from({ length: 400 }, (_, i) => target('127.0.0.1', i % 2 ? 7004 : 10_000 + i));
    const source = { name: 'a/pod', netns: `/proc/${namespace.pid}/ns/net` };
    const start = performance.now();
    const seen = await attempts([{ source, targets }], { probe, timeoutMs: 1000, concurrency: 400 });
    expect(performance.now() - start).toBeLessThan(5000);
    expect([...seen.get('a/pod')!.values()].filter(({ outcome }) => outcome === 'closed')).toHaveLength(200);
  });

  it('says which source it could not enter', async () => {
    const gone = { name: 'a/gone', netns: join(folder, 'none') };
    await expect(attempts([{ source: gone, targets: [] }], { probe })).rejects.toThrow('the probe of a/gone');
  });
});

describe('the comparison', () => {
  const one = target('10.244.0.3', 80);
  const says = (verdict: Expectation['verdict']): Expectation[] => [
    { source: 'a/pod', target: one, verdict, by: 'NetworkPolicy a/rule' },
  ];
  const saw = (outcome: Attempt['outcome'], source = 'a/pod') =>
    new Map([[source, new Map([[keyOf(one), { outcome, detail: 'why' }]])]]);

  it.each([
    ['allowed', ['open', 'closed'], ['rejected', 'silent', 'unroutable']],
    ['denied', ['rejected', 'silent', 'unroutable'], ['open', 'closed']],
    ['unspecified', ['open', 'closed', 'rejected', 'silent', 'unroutable'], []],
  ] as const)('%s agrees with %j and not with %j', (verdict, equal, different) => {
    for (const outcome of equal) expect(compare(says(verdict), saw(outcome))).toEqual([]);
    for (const outcome of different) expect(compare(says(verdict), saw(outcome))).toHaveLength(1);
  });

  it('names source, target, policy and outcome', () => {
    expect(compare(says('denied'), saw('open'))).toEqual([
      'a/pod → 10.244.0.3:80 (TCP 10.244.0.3:80): denied (NetworkPolicy a/rule), but open: why',
    ]);
    expect(compare(says('allowed'), new Map())).toEqual([
      'a/pod → 10.244.0.3:80 (TCP 10.244.0.3:80): allowed (NetworkPolicy a/rule), but not tried',
    ]);
  });

  it('reports an open way to a port on which nothing listens', () => {
    expect(unserved(says('allowed'), saw('closed'))).toEqual([
      '10.244.0.3:80 (TCP 10.244.0.3:80): nothing listens, although it is open to a/pod',
    ]);
    expect(unserved(says('allowed'), saw('open'))).toEqual([]);
    expect(unserved(says('denied'), saw('closed'))).toEqual([]);
  });

  it('reports what the node does not reach either', () => {
    expect(unproven([one], saw('open', 'node'), 'node')).toEqual([]);
    expect(unproven([one], saw('silent', 'node'), 'node')).toEqual([
      '10.244.0.3:80 (TCP 10.244.0.3:80): the node does not reach it either (silent: why)',
    ]);
  });
});
