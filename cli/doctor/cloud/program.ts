import { spawn } from 'node:child_process';

/** The command line of a cloud. */
export type ProgramName = 'az' | 'aws';

/** How a program ended; or that it is not there, or did not end in time. */
export type Ended =
  | { readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly not: 'installed' }
  | { readonly not: 'answering'; readonly forSeconds: number };

/** Runs a program with arguments. */
export type Run = (program: ProgramName, args: readonly string[]) => Promise<Ended>;

/** So long one question may take, in seconds: Azure's list of sizes of virtual machines takes up to a minute. */
const PATIENCE_SECONDS = 90;

/** Each starts an interpreter of its own. */
const AT_ONCE = 4;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Nothing is asked of the terminal, paged, coloured or sent home. */
const QUIET = { AWS_PAGER: '', AZURE_CORE_NO_COLOR: 'true', AZURE_CORE_COLLECT_TELEMETRY: 'false' };

/** Runs programs of the PATH, some at once, each for so long at most. */
export function runner(patienceSeconds = PATIENCE_SECONDS): Run {
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];
  return async (program, args) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await run(program, args, patienceSeconds);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/**
 * Runs one in a process group of its own: what is on the PATH may be a shell script, and the interpreter that it starts has to end
 * along with it, even if it is stopped.
 */
function run(program: ProgramName, args: readonly string[], patienceSeconds: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...QUIET },
    });
    const end = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    // Of another group, so that the terminal's signals do not reach it.
    const interrupted = (signal: NodeJS.Signals): void => {
      end();
      process.kill(process.pid, signal);
    };
    for (const signal of SIGNALS) process.once(signal, interrupted);
    const timer = setTimeout(() => {
      end();
      finish({ not: 'answering', forSeconds: patienceSeconds });
    }, patienceSeconds * 1000);
    const finish = (ended: Ended): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.removeListener(signal, interrupted);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve(ended);
    };
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    child.on('error', () => finish({ not: 'installed' }));
    child.on('close', (status) => finish({ status: status ?? 1, ...texts }));
  });
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
