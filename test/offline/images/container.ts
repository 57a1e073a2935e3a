import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Image } from './build.ts';

/** The exit of a process. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Seconds since the last signal, or since its start. */
  readonly seconds: number;
}

/** One line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The user `nonroot` of the images. */
const NONROOT = { uid: 65_532, gid: 65_532 };

/** Path of Node in the distroless image. */
const NODE = '/nodejs/bin/node';

/** True if processes can be started as the image's own user. */
export const canSwitchUser = process.getuid?.() === 0 && executable(process.execPath);

/**
 * The process of a container, without a container: the image's entrypoint in the image's folder, with exactly the given
 * environment, on read-only files, and as the image's user if `canSwitchUser`.
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
      // `close`, not `exit`: it is emitted after the last line is read.
      this.child.once('close', (code, signal) =>
        resolve({ code, signal, seconds: (performance.now() - this.from) / 1000 }),
      );
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits for the first log line with a message. @throws Error if the process exits first, or after 30 s */
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

  /** Waits until it listens, and returns its ports. */
  async ports(): Promise<{ readonly http: number; readonly metrics: number }> {
    const line = await this.line('listening');
    return { http: Number(line['port']), metrics: Number(line['metricsPort'] ?? line['port']) };
  }

  /** CPU time used so far, in milliseconds; undefined without /proc. */
  processorMs(): number | undefined {
    try {
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      // utime and stime, in ticks of 10 ms.
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.from = performance.now();
    this.child.kill(signal);
  }

  /** Peak memory use in bytes; undefined without /proc. */
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

/** A folder of the image that its user can read: the image's own, or a copy that `remove` deletes. */
export function within({ folder }: Image): { readonly folder: string; remove(): Promise<void> } {
  const unreadable =
    canSwitchUser && spawnSync('/bin/sh', ['-c', `test -r "${folder}/srv/node_modules"`], NONROOT).status !== 0;
  if (!unreadable) return { folder, remove: () => Promise.resolve() };
  const copy = mkdtempSync(join(tmpdir(), 'slipway-image-'));
  chmodSync(copy, 0o755);
  execFileSync('cp', ['-a', `${folder}/.`, copy]);
  return { folder: copy, remove: () => rm(copy, { recursive: true, force: true }) };
}

/** True if every user may execute a file; a Node in a home folder may not be accessible to other users. */
function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return spawnSync('/bin/sh', ['-c', `test -x "${file}"`], NONROOT).status === 0;
  } catch {
    return false;
  }
}
