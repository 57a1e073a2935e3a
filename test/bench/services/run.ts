import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDockerfile } from '../../offline/images/dockerfile.ts';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A service, or what it is compared with, in a process of its own. */
export interface Running {
  readonly url: string;
  /** Has it collect all garbage there is; only one that was started so does. */
  collect(): Promise<void>;
  /** Ends it by SIGTERM. @returns its exit status, which is null if it had to be killed */
  stop(): Promise<number | null>;
}

/** Longer than a signal and a collection take. */
const COLLECT_MS = 1_000;

/** Longer than a drain and the last answer may take. */
const STOP_MS = 30_000;

/** Has a service collect its garbage when it is told to. */
export const COLLECTING = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2", () => gc())',
] as const;

/** Starts a built service as its image would, on a free port, and returns once it listens. */
export async function startService(
  name: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Running> {
  return start([...flagsOf(name), ...flags, 'build/main.js'], join(root, 'apps', name), {
    RATE_LIMIT_PER_SECOND: '0',
    SHUTDOWN_DRAIN_SECONDS: '0',
    ...env,
  });
}

/** Starts the bare handler that does what a service does, with the flags of that service; see bare.ts. */
export async function startBare(
  name: string,
  service: string,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  return start([...flagsOf(service), '--import', 'tsx', 'test/bench/services/bare.ts', name], root, env);
}

/** Mebibytes of heap that Node allows itself in a container of 256 MiB, which the Deployments give. */
const HEAP = '--max-old-space-size=128';

/** What Node is started with: what a container's limit makes it choose, and what the image says. */
function flagsOf(service: string): string[] {
  const file = join(root, 'apps', service, 'Dockerfile');
  const entrypoint = parseDockerfile(readFileSync(file, 'utf8'), file)
    .at(-1)
    ?.steps.find((step) => step.do === 'entrypoint');
  return [HEAP, ...(entrypoint?.command.filter((part) => part.startsWith('--')) ?? [])];
}

async function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Whatever ends this process, what it measures ends with it.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`node ${args.join(' ')} ended with ${status} before it listened`)));
    // Read to the end: a pipe that is full would stop the service.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /"port":(\d+)/.exec(line)?.[1];
      if (found) resolve(Number(found));
    });
  });
  const collect = async (): Promise<void> => {
    child.kill('SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, COLLECT_MS));
  };
  return { url: `http://127.0.0.1:${port}`, collect, stop: async () => stop(child) };
}

async function stop(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  return ended.finally(() => clearTimeout(timer));
}

/** Returns once a service says that requests may come. @throws if it does not for 20 seconds */
export async function untilReady({ url }: Running): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const { ok } = await fetch(`${url}/readyz`);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} is not ready`);
}
