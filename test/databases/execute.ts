import { spawn } from 'node:child_process';

/** What a program printed, and how it ended. */
export interface Ended {
  /** 0 for success; undefined if it was killed. */
  readonly code: number | undefined;
  /** Standard output and standard error. */
  readonly output: string;
}

/** How a program is run. */
export interface Execution {
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** User and group that run it. @default those of this process */
  readonly user?: number;
  /** Kills it and all that it has started. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end. */
export async function execute(command: readonly string[], { env, user, signal }: Execution): Promise<Ended> {
  const [program = '', ...args] = command;
  // A process group of its own, so that what it has started can be killed with it.
  const child = spawn(program, args, { env, uid: user, gid: user, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  try {
    const code = await new Promise<number | null>((ended, failed) => child.on('error', failed).on('close', ended));
    return { code: code ?? undefined, output };
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}
