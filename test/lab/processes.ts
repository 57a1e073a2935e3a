import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { pause } from './api.ts';

/** How to run a program. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Loopback ports to open and pass to it by socket activation (sd_listen_fds(3)), by socket name. */
  readonly sockets?: Readonly<Record<string, number>>;
}

/**
 * The processes that a lab started; only these are ended, by process id. A guardian ends them and removes the lab's
 * folder, even if this process is killed.
 */
export class Processes {
  private readonly folder: string;
  private readonly guardian: ChildProcess;
  private readonly launches = new Map<string, Launch>();
  private readonly running = new Map<string, ChildProcess>();

  /**
   * @param folder the lab's folder, with logs in `logs/`; removed at the end
   * @param undo cleanup command that the guardian runs at the end, such as removing a Git remote
   */
  constructor(folder: string, undo: readonly string[] = []) {
    this.folder = folder;
    // The kernel closes its standard input however this process ends.
    this.guardian = spawn('/bin/sh', [join(import.meta.dirname, 'guardian.sh'), folder, ...undo], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.guardian.stdin?.on('error', () => undefined);
  }

  /** Starts a program in its own process group, so that Ctrl-C in a terminal reaches only the lab. */
  async start(name: string, launch: Launch): Promise<void> {
    const { command, args, env, sockets = {} } = launch;
    const log = openSync(this.log(name), 'a');
    const servers = await Promise.all(Object.values(sockets).map((port) => listen(port)));
    const activated = servers.length > 0;
    const child = spawn(
      activated ? '/bin/sh' : command,
      activated ? ['-c', 'LISTEN_PID=$$ exec "$0" "$@"', command, ...args] : args,
      {
        env: {
          ...process.env,
          ...env,
          ...(activated && { LISTEN_FDS: String(servers.length), LISTEN_FDNAMES: Object.keys(sockets).join(':') }),
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

  /**
   * Waits until a probe succeeds.
   *
   * @throws Fault with the end of the log if the program exits or the timeout has passed
   */
  async ready(name: string, probe: () => Promise<boolean>, seconds = 60): Promise<void> {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      if (await probe().catch(() => false)) return;
      if (!this.alive(name)) throw this.fault(name, `${name} exited during startup`);
      if (Date.now() > until) throw this.fault(name, `${name} is not ready after ${seconds} s`);
      await pause(100);
    }
  }

  /** Process id of a running program. */
  pid(name: string): number | undefined {
    return this.alive(name) ? this.running.get(name)?.pid : undefined;
  }

  /** Names and process ids of all running programs. */
  all(): { name: string; pid: number }[] {
    return [...this.running.keys()].flatMap((name) => {
      const pid = this.pid(name);
      return pid === undefined ? [] : [{ name, pid }];
    });
  }

  /** Ends a program and waits for its exit; sends SIGKILL after 20 s. */
  async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.running.get(name);
    if (!child || !this.alive(name)) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(late);
  }

  /** Starts a program again with the same arguments. */
  async restart(name: string): Promise<void> {
    const launch = this.launches.get(name);
    if (launch) await this.start(name, launch);
  }

  /** Has the guardian kill everything and remove the lab's folder. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) =>
      this.guardian.exitCode === null ? this.guardian.once('exit', () => resolve()) : resolve(),
    );
    this.guardian.stdin?.end();
    await gone;
  }

  /** Log file of a program. */
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
      fix: 'see the log; if another program has taken its port, try again',
    });
  }
}

/** Node.js has no public API for the file descriptor of a listening socket. */
function descriptorOf(server: Server): number {
  return (server as unknown as { readonly [handle: string]: { readonly fd: number } })['_handle']?.fd ?? -1;
}

/** A socket that listens on a port of 127.0.0.1. @throws Error of the system, such as EADDRINUSE */
function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
