import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';

/** The result of a program. */
export interface Ended {
  readonly ok: boolean;
  /** Standard output. */
  readonly output: string;
  /** Standard output and standard error, interleaved. */
  readonly all: string;
}

/** A temporary folder and the programs run in it; removed and killed when this process exits, except by SIGKILL. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-'));
  private readonly running = new Set<ChildProcess>();
  private readonly env: NodeJS.ProcessEnv;

  /** @param env added to the environment of this process without TF_ variables: a cache of real providers must get no stand-in */
  constructor(env: (folder: string) => Readonly<Record<string, string>>) {
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
    this.env = { ...own, TMPDIR: this.make('tmp'), ...env(this.folder) };
    process.on('exit', () => this.remove());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }

  /** Creates a folder in it. */
  make(...parts: string[]): string {
    const folder = join(this.folder, ...parts);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Runs a program in a separate process group, so that its children can be killed with it. */
  run(cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd,
        env: { ...this.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      this.running.add(child);
      const [output, all] = [[], []] as [string[], string[]];
      child.stdout.setEncoding('utf8').on('data', (text: string) => void (output.push(text), all.push(text)));
      child.stderr.setEncoding('utf8').on('data', (text: string) => void all.push(text));
      child.on('error', ({ message }) =>
        reject(new Fault({ what: `cannot run ${command}: ${message}`, where: 'the PATH', fix: `install ${command}` })),
      );
      child.on('close', (code) => {
        this.running.delete(child);
        resolve({ ok: code === 0, output: output.join(''), all: all.join('') });
      });
    });
  }

  /**
   * Runs a program that must succeed.
   *
   * @returns its standard output
   * @throws Fault with its output
   */
  async must(cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: string[]): Promise<string> {
    const { ok, output, all } = await this.run(cwd, env, command, ...args);
    if (!ok)
      throw new Fault({
        what: `${[command, ...args].join(' ').slice(0, 200)} failed`,
        where: cwd,
        seen: all.trim(),
        fix: 'see its output',
      });
    return output;
  }

  private remove(): void {
    for (const { pid } of this.running) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // It has just exited.
      }
    }
    // Retries, because a process that was just killed may still be writing a file.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Processes items concurrently, at most `atATime` at once; they may finish in any order. */
export async function each<T>(items: readonly T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}
