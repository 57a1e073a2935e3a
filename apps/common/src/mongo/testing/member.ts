import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LISTENS_MS = 60_000;

/** Runs a program, prints its process id, and kills it at the end of standard input: with the process that started it. */
const LEASHED = `
exec 3<&0
"$@" </dev/null >/dev/null 2>&1 3<&- &
child=$!
{ cat; kill -KILL "$child"; } <&3 >/dev/null 2>&1 &
echo "$child"
wait "$child"`;

/** Where a mongod is. */
export interface Place {
  readonly port: number;
  /** Its folder of data. */
  readonly data: string;
  /** Its log file. */
  readonly log: string;
}

/** One mongod on 127.0.0.1, which may be killed and started again on its port and data. */
export class Member {
  readonly port: number;
  private readonly command: readonly string[];
  private readonly place: Place;
  private more: readonly string[] = [];
  private leash: ChildProcess | undefined;
  private pid: number | undefined;

  /** @param command with the arguments that make it use its place */
  constructor(command: readonly string[], place: Place) {
    this.port = place.port;
    this.command = command;
    this.place = place;
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param more arguments, from now on
   * @throws Error with the end of its log if it does not
   */
  async up(more = this.more): Promise<void> {
    this.more = more;
    mkdirSync(this.place.data, { recursive: true });
    const leash = spawn('/bin/sh', ['-c', LEASHED, 'sh', ...this.command, ...more], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.leash = leash;
    this.pid = Number(await new Promise((resolve) => leash.stdout.once('data', resolve)));
    const latest = performance.now() + LISTENS_MS;
    while (!(await listens(this.port))) {
      if (leash.exitCode === null && performance.now() < latest) await sleep(20);
      else throw new Error(`mongod does not listen on port ${this.port}: ${endOf(this.place.log)}`);
    }
  }

  /** Kills it; its data is kept. */
  async down(): Promise<void> {
    const leash = this.leash;
    if (!leash || leash.exitCode !== null) return;
    const ended = new Promise((resolve) => leash.once('exit', resolve));
    leash.stdin?.end();
    await ended;
  }

  /** Removes its data; it must be down. */
  empty(): void {
    rmSync(this.place.data, { recursive: true });
  }

  /** Stops it from running, so that it keeps its connections and never responds, until it thaws. */
  freeze(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
  }
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function endOf(log: string): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n');
  } catch {
    return 'it has no log';
  }
}
