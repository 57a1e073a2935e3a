import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { pause } from './api.ts';
import { listen } from './ports.ts';

/** How a program is run. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports of loopback that are opened for it and handed over, as systemd does it (sd_listen_fds(3)), by their names. */
  readonly sockets?: Readonly<Record<string, number>>;
}

/**
 * The programs that a lab started, and no others: they are ended by their process ids. A guardian ends them, and
 * removes the lab's folder, even if this process is killed.
 */
export class Processes {
  private readonly folder: string;
  private readonly guardian: ChildProcess;
  private readonly launches = new Map<string, Launch>();
  private readonly running = new Map<string, ChildProcess>();

  /**
   * @param folder the lab's folder: logs are in `logs/`, all of it is removed at the end
   * @param undo a command for the guardian to run at the very end, such as one that takes a Git remote away
   */
  constructor(folder: string, undo: readonly string[] = []) {
    this.folder = folder;
    // Its input is a pipe that the kernel closes however this process ends.
    this.guardian = spawn('/bin/sh', [join(import.meta.dirname, 'guardian.sh'), folder, ...undo], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.guardian.stdin?.on('error', () => undefined);
  }

  /** Starts a program in a process group of its own, so that a Ctrl-C in a terminal reaches the lab alone. */
  async start(name: string, launch: Launch): Promise<void> {
    const { command, args, env, sockets = {} } = launch;
    const log = openSync(this.log(name), 'a');
    const servers = await Promise.all(Object.values(sockets).map((port) => listen(port)));
    const handed = servers.length > 0;
    const child = spawn(
      handed ? '/bin/sh' : command,
      handed ? ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', command, ...args] : args,
      {
        env: {
          ...process.env,
          ...env,
          ...(handed && { LISTEN_FDS: String(servers.length), LISTEN_FDNAMES: Object.keys(sockets).join(':') }),
        },
        stdio: ['ignore', log, log, ...servers.map((server) => descriptorOf(server))],
        detached: true,
        cwd: this.folder,
      },
    );
    closeSync(log);
    for (const server of servers) server.close();
    child.on('error', () => undefined);
    child.on('exit', () => child.pid !== undefined && this.guardian.stdin?.write(`-${child.pid}\n`));
    if (child.pid !== undefined) this.guardian.stdin?.write(`+${child.pid}\n`);
    this.launches.set(name, launch);
    this.running.set(name, child);
  }

  /** Waits until a probe says yes. @throws Fault with the end of the log, if the program ends or the time is over */
  async ready(name: string, probe: () => Promise<boolean>, seconds = 60): Promise<void> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      if (await probe().catch(() => false)) return;
      if (!this.alive(name)) throw this.fault(name, `${name} ended while it was starting`);
      if (Date.now() > until) throw this.fault(name, `${name} is not ready after ${seconds} s`);
      await pause(100);
    }
  }

  /** Process id of a running program. */
  pid(name: string): number | undefined {
    return this.alive(name) ? this.running.get(name)?.pid : undefined;
  }

  /** Names and process ids of all that run. */
  all(): { name: string; pid: number }[] {
    return [...this.running.keys()].flatMap((name) => {
      const pid = this.pid(name);
      return pid === undefined ? [] : [{ name, pid }];
    });
  }

  /** Ends one program and waits for it; SIGKILL if SIGTERM was not enough within 20 s. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.running.get(name);
    if (!child || !this.alive(name)) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(late);
  }

  /** Starts a program again, as it was started before. */
  async restart(name: string): Promise<void> {
    const launch = this.launches.get(name);
    if (launch) await this.start(name, launch);
  }

  /** Has the guardian end everything at once and remove the lab's folder. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) =>
      this.guardian.exitCode === null ? this.guardian.once('exit', () => resolve()) : resolve(),
    );
    this.guardian.stdin?.end();
    await gone;
  }

  /** File of a program's output. */
  log(name: string): string {
    return join(this.folder, 'logs', `${name}.log`);
  }

  private alive(name: string): boolean {
    const child = this.running.get(name);
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  private fault(name: string, what: string): Fault {
    const lines = readFileSync(this.log(name), 'utf8').trim().split('\n').slice(-12);
    return new Fault({
      what,
      where: this.log(name),
      seen: lines.join('\n        '),
      fix: 'the log says why; if another program took its port meanwhile, just try again',
    });
  }
}

/** Node.js has no public name for the file descriptor of a listening socket. */
function descriptorOf(server: Server): number {
  return (server as unknown as { readonly [handle: string]: { readonly fd: number } })['_handle']?.fd ?? -1;
}
