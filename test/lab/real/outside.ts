import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Processes } from '../processes.ts';

const run = promisify(execFile);

const NAME = 'outside';
/** Name of its process among the lab's. */
const LISTENER = 'outside';

/** The lab's own address outside of the cluster, where its simulated hosts and its name server answer (RFC 5737). */
export const LAB_ADDRESS = '203.0.113.1';

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
    await ip('address', 'add', `${LAB_ADDRESS}/32`, 'dev', 'lo');
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
        'netns',
        'exec',
        NAME,
        process.execPath,
        join(import.meta.dirname, 'outside-listener.mjs'),
        ...this.ports.map(String),
      ],
    });
  }

  /** Sends one request from there. @throws Error if there is no answer */
  async request(request: Request): Promise<Answer> {
    const caller = this.send(request);
    return JSON.parse(await caller.end()) as Answer;
  }

  /**
   * Keeps sending a request from there.
   *
   * @param connections clients that send at the same time
   * @param interval milliseconds from an answer to the client's next request
   */
  load(request: Request, connections: number, interval = 0): Load {
    const caller = this.send({ ...request, connections, interval });
    return { end: async () => JSON.parse(await caller.end()) as Outcome };
  }

  private send(request: object): { end(): Promise<string> } {
    const child = spawn('ip', ['netns', 'exec', NAME, process.execPath, join(import.meta.dirname, 'caller.mjs')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.write(`${JSON.stringify(request)}\n`);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const ended = new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(errors))));
    });
    // Observed by whoever ends it.
    ended.catch(() => undefined);
    return {
      end: () => {
        child.stdin.end();
        return ended;
      },
    };
  }
}

/** A request from outside. */
export interface Request {
  readonly url: string;
  /** Where the host of the URL is reached, as `address:port`. */
  readonly address: string;
  /** PEM of the authority that signs the server's certificate. @default the machine's */
  readonly ca?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST. @default a GET without one */
  readonly body?: object;
}

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** Requests that are being sent. */
export interface Load {
  /** Stops and waits for the last answers. */
  end(): Promise<Outcome>;
}

/** What requests got. */
export interface Outcome {
  /** Number of answers by status, and of failures by error code. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Milliseconds that the slowest took. */
  readonly slowest: number;
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', [...args]);
}
