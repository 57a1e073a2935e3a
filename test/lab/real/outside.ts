import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Processes } from '../processes.ts';

const run = promisify(execFile);

const NAME = 'outside';
/** Name of its process among the lab's. */
const LISTENER = 'outside';

/**
 * What is outside of the cluster: a network namespace that the room routes everything unknown to. A caller there has an
 * address of the Internet, and a listener answers on those that pods must not reach.
 */
export class Outside {
  /** Address of callers (RFC 5737). */
  readonly caller = '198.51.100.7';
  /** Address of a server (RFC 5737). */
  readonly server = '203.0.113.9';
  /** Addresses of clouds' instance metadata, which hand out a node's credentials. */
  readonly metadata = ['169.254.169.254', '168.63.129.16'] as const;
  /** Ports that the listener answers on, at the server's and the metadata addresses. */
  readonly ports = [80, 443] as const;
  /** The lab's own address outside of the cluster, where its simulated hosts answer (RFC 5737). */
  readonly labAddress = '203.0.113.1';
  private readonly processes: Processes;

  constructor(processes: Processes) {
    this.processes = processes;
  }

  /** Makes the namespace and starts its listener. */
  async create(): Promise<void> {
    await ip('netns', 'add', NAME);
    await ip('link', 'add', 'outside', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', NAME);
    await ip('address', 'add', '192.0.2.1/30', 'dev', 'outside');
    await ip('link', 'set', 'outside', 'up');
    await ip('address', 'add', `${this.labAddress}/32`, 'dev', 'lo');
    await ip('route', 'add', 'default', 'via', '192.0.2.2');
    const inside = (...args: readonly string[]) => ip('-n', NAME, ...args);
    await inside('link', 'set', 'lo', 'up');
    for (const address of [this.caller, this.server, ...this.metadata])
      await inside('address', 'add', `${address}/32`, 'dev', 'lo');
    await inside('address', 'add', '192.0.2.2/30', 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    // Answers to callers must come from their own address, not from that of the link.
    await inside('route', 'add', 'default', 'via', '192.0.2.1', 'src', this.caller);
    await this.processes.start(LISTENER, {
      command: 'ip',
      args: [
        ...['netns', 'exec', NAME, process.execPath, join(import.meta.dirname, 'outside-listener.mjs')],
        ...this.ports.map(String),
      ],
    });
  }

  /** Runs a command there. @returns its output @throws Error with its output */
  async exec(command: string, ...args: readonly string[]): Promise<string> {
    return (await run('ip', ['netns', 'exec', NAME, command, ...args], { maxBuffer: 64 * 2 ** 20 })).stdout;
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', [...args]);
}
