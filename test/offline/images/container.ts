import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Image } from './build.ts';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Seconds from the signal that told it to stop, or from its start. */
  readonly seconds: number;
}

/** One line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The user of the images. */
const NOBODY = { uid: 65_532, gid: 65_532 };

/** Where the distroless image keeps Node. */
const NODE = '/nodejs/bin/node';

/** Whether processes can be started as the image's own user. */
export const canSwitchUser = process.getuid?.() === 0 && readable(process.execPath);

/**
 * The process of a container, without one: the image's entrypoint in the image's folder, with the environment that it
 * is given and nothing else, as the image's user where we may, over files that nobody may write.
 */
export class Container {
  readonly log: LogLine[] = [];
  /** Lines that are not JSON. */
  readonly noise: string[] = [];
  readonly ended: Promise<End>;
  private readonly child: ChildProcess;
  private from = performance.now();

  constructor(image: Image, folder: string, env: Readonly<Record<string, string>>) {
    const { config } = image;
    const [program = '', ...args] = config.entrypoint;
    if (program !== NODE) throw new Error(`the base image has no ${program}, only ${NODE}`);
    const [uid, gid] = config.user.split(':').map(Number);
    this.child = spawn(process.execPath, args, {
      cwd: join(folder, config.workdir),
      env: { ...config.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(canSwitchUser && { uid, gid }),
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.take(line));
    this.ended = new Promise((resolve) => {
      // `close`, not `exit`: by then the last lines are read.
      this.child.once('close', (code, signal) =>
        resolve({ code, signal, seconds: (performance.now() - this.from) / 1000 }),
      );
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first log line with a message, as soon as it is there. @throws Error if the process ends before */
  async line(message: string): Promise<LogLine> {
    const start = performance.now();
    while (performance.now() - start < 30_000) {
      const line = this.log.find((l) => l['message'] === message);
      if (line) return line;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(
      `no line "${message}" in the log:\n${[...this.log.map((l) => JSON.stringify(l)), ...this.noise].join('\n')}`,
    );
  }

  /** Waits until it listens, and says where. */
  async ports(): Promise<{ readonly http: number; readonly metrics: number }> {
    const line = await this.line('listening');
    return { http: Number(line['port']), metrics: Number(line['metricsPort'] ?? line['port']) };
  }

  /** Milliseconds of a processor that it has used so far; only where the kernel tells. */
  processorMs(): number | undefined {
    try {
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      // Ticks of a hundredth of a second, in user and in kernel mode.
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.from = performance.now();
    this.child.kill(signal);
  }

  /** The most memory that it has used at one time, in bytes; only where the kernel tells. */
  peakMemory(): number | undefined {
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    } catch {
      return undefined;
    }
  }

  private take(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.noise.push(line);
    }
  }
}

/** An image where its user may read it: where it is, or in a copy that `remove` takes away. */
export function within({ folder }: Image): { readonly folder: string; remove(): Promise<void> } {
  const everybody =
    canSwitchUser && spawnSync('/bin/sh', ['-c', `test -r "${folder}/srv/node_modules"`], NOBODY).status !== 0;
  if (!everybody) return { folder, remove: () => Promise.resolve() };
  const copy = mkdtempSync(join(tmpdir(), 'slipway-image-'));
  chmodSync(copy, 0o755);
  execFileSync('cp', ['-a', `${folder}/.`, copy]);
  return { folder: copy, remove: () => rm(copy, { recursive: true, force: true }) };
}

/** Whether everybody may run a file: a Node under somebody's home is of no use to another user. */
function readable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return spawnSync('/bin/sh', ['-c', `test -x "${file}"`], NOBODY).status === 0;
  } catch {
    return false;
  }
}
