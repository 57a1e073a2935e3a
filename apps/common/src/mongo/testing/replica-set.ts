import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program and its arguments; the number of members is added as the last one. */
export type Command = readonly [program: string, ...args: string[]];

/**
 * A replica set in memory whose elections and outages are controlled by commands. It is a program that first prints the
 * ports of its members on one line, then prints `ok` for each line of `primary N`, `primary none`, `down N` and `up N`,
 * and exits at the end of standard input.
 */
export class ReplicaSet {
  /** The connection string without a database. */
  readonly uri: string;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly responses: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    responses: AsyncIterator<string>,
    ports: readonly string[],
  ) {
    this.child = child;
    this.responses = responses;
    this.uri = `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?replicaSet=rs0`;
  }

  /** Starts one; it exits with this process at the latest. @throws Error if the program exits before it is ready */
  static async start([program, ...args]: Command, members: number): Promise<ReplicaSet> {
    const child = spawn(program, [...args, String(members)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const responses = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value, done } = await responses.next();
    if (done)
      throw new Error(`the test database exited with ${child.exitCode ?? child.signalCode} before it was ready`);
    return new ReplicaSet(child, responses, value.split(' '));
  }

  /** Makes a member the primary; undefined starts an election without a result yet. */
  async elect(member: number | undefined): Promise<void> {
    await this.command(`primary ${member ?? 'none'}`);
  }

  /** Closes a member's port and all connections to it; its data is kept. */
  async down(member: number): Promise<void> {
    await this.command(`down ${member}`);
  }

  /** Restarts a member on its port. */
  async up(member: number): Promise<void> {
    await this.command(`up ${member}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await ended;
  }

  private async command(line: string): Promise<void> {
    this.child.stdin.write(`${line}\n`);
    const { value, done } = await this.responses.next();
    if (done || value !== 'ok')
      throw new Error(`the test database responded ${String(value)} to ${JSON.stringify(line)}`);
  }
}
