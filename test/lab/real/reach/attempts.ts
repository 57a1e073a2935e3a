import { execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keyOf } from './targets.ts';
import type { Target } from './model.ts';

/**
 * What became of an attempt.
 *
 * - `open`: connected, or for UDP answered.
 * - `closed`: the target itself refused (RST): nothing listens, but the way there is free.
 * - `rejected`: an ICMP message refused it, as kube-router's firewall does (`REJECT` with port-unreachable).
 * - `silent`: no answer in time. Of many rejections at once the kernel reports only some (icmp_ratelimit), so this too is
 *   what a denied connection looks like.
 * - `unroutable`: no route, or no host with that address.
 */
export type Outcome = 'open' | 'closed' | 'rejected' | 'silent' | 'unroutable';

/** An outcome, with the ICMP message or error if there was one. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly detail?: string;
}

/** Where attempts are made from. */
export interface Source {
  /** `namespace/name` of a pod, or another name. */
  readonly name: string;
  /** Path of its network namespace; undefined for the caller's own. */
  readonly netns: string | undefined;
}

/** Options of attempts. */
export interface AttemptOptions {
  /** Path of the probe. */
  readonly probe: string;
  /** Sources at a time. @default 4 */
  readonly parallel?: number;
  /** Connections of one source at a time. @default 256 */
  readonly concurrency?: number;
  /** Past the first repetition of a lost SYN, which is sent after a second. @default 1200 */
  readonly timeoutMs?: number;
}

/** What was seen, by source and key of the target. */
export type Seen = ReadonlyMap<string, ReadonlyMap<string, Attempt>>;

/** Every cluster's DNS servers know it. */
const QUESTION = 'kubernetes.default.svc.cluster.local';

/** Compiles the probe into a folder, without any module but Go's own. @returns its path */
export async function buildProbe(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const probe = join(folder, 'probe');
  await promisify(execFile)('go', ['build', '-trimpath', '-buildvcs=false', '-o', probe, '.'], {
    cwd: join(import.meta.dirname, '..', '..', 'modules', 'probe'),
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
  });
  return probe;
}

/** Tries targets from each source. @throws Error if a network namespace cannot be entered */
export async function attempts(
  work: readonly { readonly source: Source; readonly targets: readonly Target[] }[],
  options: AttemptOptions,
): Promise<Seen> {
  const seen = new Map<string, ReadonlyMap<string, Attempt>>();
  const waiting = [...work];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { source, targets } = next;
      const results = await run(source, targets, options);
      seen.set(source.name, new Map(targets.map((target, i) => [keyOf(target), results[i]!])));
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 4 }, worker));
  return seen;
}

/** Runs the probe in one network namespace. */
function run(
  { name, netns }: Source,
  targets: readonly Target[],
  { probe, concurrency = 256, timeoutMs = 1200 }: AttemptOptions,
): Promise<Attempt[]> {
  const [program, args] = netns === undefined ? [probe, []] : ['nsenter', [`--net=${netns}`, probe]];
  const request = {
    timeoutMs,
    concurrency,
    question: QUESTION,
    targets: targets.map(({ address, port, protocol }) => ({ address, port, protocol })),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
    child.on('error', reject);
    // It exits before it has read the request if it cannot enter the namespace: the exit code says so.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.stdout) as Attempt[]);
      else reject(new Error(`the probe of ${name} exited with ${code}: ${output.stderr.trim()}`));
    });
    child.stdin.end(JSON.stringify(request));
  });
}
