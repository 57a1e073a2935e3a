import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';

const root = join(import.meta.dirname, '../../../..');

/** Loads a service from its sources, as the tests themselves are loaded: with the types that Nest injects by. */
const START = `
  import { runnerImport } from 'vite';
  const conditions = ['source', 'node'];
  const resolve = { conditions, externalConditions: conditions, noExternal: [/^@slipway\\//] };
  await runnerImport(process.argv[1], { configFile: false, root: process.cwd(), environments: { inline: { resolve } } });
`;

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly metricsPort: number;
  /** Stops it with SIGTERM. @returns the exit code, or null if it had to be killed */
  stop(): Promise<number | null>;
}

/** Time to load the sources and to listen. */
const START_MS = 50_000;
/** Longer than an orderly exit without requests in flight takes. */
const STOP_MS = 10_000;

/**
 * Starts a service of apps/ as in production, and returns once it answers.
 *
 * @param stdout file descriptor of its log
 */
export async function startProcess(name: string, stdout: number): Promise<ServiceProcess> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const child = spawn(process.execPath, ['--input-type=module', '-e', START, join(root, 'apps', name, 'src/main.ts')], {
    cwd: root,
    stdio: ['ignore', stdout, 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      RATE_LIMIT_PER_SECOND: '0',
    },
  });
  const ended = once(child, 'exit');
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (const start = performance.now(); !(await answers()); await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`${name} exited with ${child.exitCode} before it listened`);
    if (performance.now() - start < START_MS) continue;
    child.kill('SIGKILL');
    throw new Error(`${name} does not answer on port ${port} after ${START_MS} ms`);
  }
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(killer);
    return child.exitCode;
  };
  return { child, port, metricsPort, stop };
}
