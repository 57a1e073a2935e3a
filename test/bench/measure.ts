import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

/** How often, and where, to measure. */
export interface Bench {
  /** Runs that a median is of. */
  readonly runs: number;
  /** A folder that is removed at the end. */
  readonly scratch: string;
}

/** A command that has ended well. */
export interface Ended {
  /** Wall time of the whole process. */
  readonly seconds: number;
  /**
   * Processor time, which other load on the machine hardly changes, of the process and of those that it waits for:
   * esbuild's is none of them.
   */
  readonly cpuSeconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What POSIX has `times` print: the shell's own times, and those of its children. */
const TIMES = /\n\S+ \S+\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/;

/** Runs a command, in the repository by default. @throws Error with its output if it fails */
export function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd = root }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Ended {
  const start = performance.now();
  const result = spawnSync('/bin/sh', ['-c', '"$@" && echo && times', 'sh', command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const seconds = (performance.now() - start) / 1000;
  const { status, stdout, stderr, error } = result;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}:\n${stderr}${stdout}`}`);
  const [, userMinutes, user, systemMinutes, system] = (TIMES.exec(stdout) ?? []).map(Number);
  const cpuSeconds = 60 * (userMinutes! + systemMinutes!) + user! + system!;
  return { seconds, cpuSeconds, stdout: stdout.replace(TIMES, ''), stderr };
}

/** Renders a repository in a process of its own. */
export function slipway(outdir: string, cwd = root, clusters: readonly string[] = []): Ended {
  return run(process.execPath, ['cli/slipway.mjs', 'synth', ...clusters], { env: { CDK8S_OUTDIR: outdir }, cwd });
}

export function median({ runs }: Bench, measure: () => number): number {
  measure(); // Warms the file cache.
  return middle(Array.from({ length: runs }, measure));
}

/**
 * Measures several things in turn, so that load on the machine affects all of them equally.
 *
 * @returns the values of each; those at one index were measured one after the other
 */
export function alternate<T>({ runs }: Bench, subjects: ReadonlyMap<string, () => T>): Map<string, T[]> {
  const values = new Map([...subjects.keys()].map((name): [string, T[]] => [name, []]));
  for (let i = 0; i < runs; i++) for (const [name, measure] of subjects) values.get(name)!.push(measure());
  return values;
}

export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of what a function says of each pair of values at one index. */
export function middleOf<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): number {
  return middle(a.map((value, i) => compare(value, b[i]!)));
}

export function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

/** Prints one result. */
export function line(what: string, value: string, goal = ''): void {
  console.log(`${what.padEnd(76)} ${value.padStart(9)}${goal && `   goal ${goal}`}`);
}

export function freshFolder({ scratch }: Bench): string {
  return mkdtempSync(join(scratch, 'dist-'));
}

/** Every file below a folder. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
