import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDockerfile } from '../../offline/images/dockerfile.ts';

export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A running service or bare application in its own process. */
export interface Running {
  readonly url: string;
  /** Triggers a full garbage collection; needs the flags COLLECTING. */
  collect(): Promise<void>;
  /** Stops it with SIGTERM. @returns the exit code, null if it had to be killed */
  stop(): Promise<number | null>;
}

/** Longer than signal delivery and a collection take. */
const COLLECT_MS = 1_000;

/** Longer than a drain and the last response may take. */
const STOP_MS = 30_000;

/** Flags that make a service collect garbage on SIGUSR2. */
export const COLLECTING = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2", () => gc())',
] as const;

/** Starts a built service with the flags of its image on a free port, and returns once it listens. */
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

/** Starts the bare application of a service, with that service's flags; see bare.ts. */
export async function startBare(
  name: string,
  service: string,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  return start([...flagsOf(service), '--import', 'tsx', 'test/bench/services/bare.ts', name], root, env);
}

/** The heap limit that Node derives from a container limit of 256 MiB, as in the Deployments. */
const HEAP = '--max-old-space-size=128';

/** Node's flags: the heap limit of a container, and the flags in the image. */
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
  // However this process exits, its children exit with it.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (status) =>
      reject(new Error(`node ${args.join(' ')} exited with ${status} before it listened`)),
    );
    // Keep reading: a full pipe would block the service.
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

/** Waits until a service is ready. @throws Error after 20 seconds */
export async function untilReady({ url }: Running): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const { ok } = await fetch(`${url}/readyz`);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} is not ready`);
}
