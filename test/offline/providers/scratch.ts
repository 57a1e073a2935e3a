import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';

/** How a program ended. */
export interface Ended {
  readonly ok: boolean;
  /** What it wrote to its standard output. */
  readonly output: string;
  /** The same with what it wrote to standard error, in order. */
  readonly all: string;
}

/** A folder, and programs that are run with it; both go when this process does, however it ends short of SIGKILL. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-'));
  private readonly running = new Set<ChildProcess>();
  private readonly env: NodeJS.ProcessEnv;

  /** @param env added to this process's own, which is taken without Terraform's: a cache of real providers must not get a stand-in */
  constructor(env: (folder: string) => Readonly<Record<string, string>>) {
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
    this.env = { ...own, TMPDIR: this.make('tmp'), ...env(this.folder) };
    process.on('exit', () => this.remove());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }

  /** A folder in it. */
  make(...parts: string[]): string {
    const folder = join(this.folder, ...parts);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Runs a program in a process group of its own, so that what it starts can be ended with it. */
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
   * The same for what must work.
   *
   * @throws Fault with all that it wrote
   */
  async must(cwd: string, env: Readonly<Record<string, string>>, command: string, ...args: string[]): Promise<string> {
    const { ok, output, all } = await this.run(cwd, env, command, ...args);
    if (!ok)
      throw new Fault({
        what: `${[command, ...args].join(' ').slice(0, 200)} failed`,
        where: cwd,
        seen: all.trim(),
        fix: 'see what it says',
      });
    return output;
  }

  private remove(): void {
    for (const { pid } of this.running) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // It ended by itself a moment ago.
      }
    }
    // What was just killed may have had a file to write still.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Does work on each item, so many at a time; what is done first need not be first. */
export async function each<T>(items: readonly T[], atATime: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    }),
  );
}
