import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '../../../charts/fault.ts';
import { ALL, DEFINITIONS, FLAGS, MODULES, moduleOf, TARGET } from './parts.ts';

/** How builds run and report. */
export interface BuildOptions {
  /** Receives progress messages. */
  say(line: string): void;
  /** Aborts a build: kills the compiler and removes its output. */
  readonly signal?: AbortSignal;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Builds give way to what runs beside them, such as a lab that has started. @default false */
  readonly yields?: boolean;
}

/** One call of Go. */
export interface Run {
  /** What is being built, for messages. */
  readonly name: string;
  /** Its module's folder. */
  readonly module: string;
  /** Links with C libraries. */
  readonly cgo?: boolean;
  readonly options: BuildOptions;
  /** Folder for Go's temporary files. */
  readonly work?: string;
  /** Receives what Go reports, line by line. */
  readonly onLine?: (line: string) => void;
}

const TAIL_LINES = 20;

/**
 * Runs Go in a module's folder and returns its output.
 *
 * @throws Fault with the end of what Go reports if it fails
 */
export async function go(
  args: readonly string[],
  { name, module, cgo, options: { signal, env = process.env, yields }, work, onLine }: Run,
): Promise<string> {
  signal?.throwIfAborted();
  const cwd = join(MODULES, module);
  // Not by its process id afterwards: each thread that it had by then would keep its priority.
  const [command, ...words] = yields ? ['nice', '-n', '10', 'go', ...args] : ['go', ...args];
  const child = spawn(command, words, {
    cwd,
    env: {
      ...env,
      ...TARGET,
      ...(cgo && { CGO_ENABLED: '1' }),
      GOFLAGS: FLAGS,
      GOWORK: 'off',
      ...(work && { GOTMPDIR: work }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // With its own process group an abort kills Go's compilers too. Without a signal it stays in ours, so that Ctrl-C
    // reaches it.
    detached: signal !== undefined,
  });
  const end = () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  signal?.addEventListener('abort', end);
  const tail: string[] = [];
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  createInterface(child.stderr).on('line', (line) => {
    onLine?.(line);
    // Names of packages that were compiled are no cause.
    if (line.includes(' ')) tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  });
  try {
    const code = await new Promise<number | NodeJS.Signals | null>((ended, failed) =>
      child.on('error', failed).on('close', (status, killedBy) => ended(status ?? killedBy)),
    );
    signal?.throwIfAborted();
    if (code === 0) return output;
    tail.push(`go ended with ${code}`);
  } finally {
    signal?.removeEventListener('abort', end);
  }
  throw new Fault({
    what: `${name} cannot be built`,
    where: relative(dirname(dirname(dirname(MODULES))), cwd),
    seen: tail.join('\n        '),
    fix: 'fix the error that Go reports; if it is the network, try again: compiled packages are kept',
  });
}

/** @throws Fault if Go is missing, or older than a go.mod requires and unable to fetch a newer toolchain */
export async function checkGo(options: BuildOptions): Promise<void> {
  const asked = [...new Set([...ALL, DEFINITIONS].map(moduleOf))].map((module) => ({
    module,
    required: /^go (.+)$/m.exec(readFileSync(join(MODULES, module, 'go.mod'), 'utf8'))![1]!,
  }));
  const { module, required } = asked.sort((a, b) => compare(b.required, a.required))[0]!;
  const seen = await go(['env', 'GOVERSION'], { name: 'go', module, options }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const found = seen && /^go([\d.]+)/.exec(seen)?.[1];
  if (seen && (!found || compare(found, required) >= 0)) return;
  throw new Fault({
    what: `the lab's programs are built from source, which needs Go ${required} or newer`,
    seen: seen ? seen.trim() : 'no go on the PATH',
    fix: 'install it from https://go.dev/dl, or set LAB_BIN to a folder with the programs',
  });
}

/** Compares versions such as 1.26 and 1.26.3. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
