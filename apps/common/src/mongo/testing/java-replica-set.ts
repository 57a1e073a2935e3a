import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), 'java');
const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../../../../node_modules/.cache/slipway');
/** Libraries come over the network the first time. */
const PREPARE_MS = 180_000;

const run = promisify(execFile);

/**
 * Fetches the libraries by Maven and compiles the launcher, unless that was done before.
 *
 * @returns the class path
 * @throws if Java or Maven is missing or fails, with what it said
 */
export async function prepareJava(): Promise<string> {
  const pom = join(SOURCES, 'pom.xml');
  const source = join(SOURCES, 'ReplicaSet.java');
  const { stderr: version } = await tool('java', ['-version']);
  const key = createHash('sha256')
    .update(version)
    .update(readFileSync(pom))
    .update(readFileSync(source))
    .digest('hex')
    .slice(0, 16);
  const ready = join(CACHE, `replica-set-${key}`);
  if (!existsSync(ready)) {
    mkdirSync(CACHE, { recursive: true });
    const scratch = mkdtempSync(join(CACHE, 'preparing-'));
    try {
      await tool('mvn', [
        '-q',
        '-B',
        '-f',
        pom,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(scratch, 'lib')}`,
      ]);
      await tool('javac', ['-d', join(scratch, 'classes'), '-cp', join(scratch, 'lib', '*'), source]);
      // Whole or not at all, whoever else prepares at the same time.
      renameSync(scratch, ready);
    } catch (error) {
      if (!existsSync(ready)) throw error;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return `${join(ready, 'lib', '*')}:${join(ready, 'classes')}`;
}

async function tool(command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  try {
    return await run(command, args, { timeout: PREPARE_MS });
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number | string; stdout?: string; stderr?: string };
    const said =
      code === 'ENOENT' ? 'is not installed' : `ended with ${code}: ${`${stdout}${stderr}`.trim().slice(-500)}`;
    throw new Error(`${command} ${said}`, { cause: error });
  }
}

/** A replica set in memory whose elections and outages are made by hand; see ReplicaSet.java. */
export class JavaReplicaSet {
  /** The connection string without a database. */
  readonly uri: string;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    answers: AsyncIterator<string>,
    ports: readonly string[],
  ) {
    this.child = child;
    this.answers = answers;
    this.uri = `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?replicaSet=rs0`;
  }

  /**
   * Starts one; it ends with this process at the latest.
   *
   * @param flags of the Java machine
   * @throws if Java or Maven is missing or fails
   */
  static async start(
    members: number,
    flags: readonly string[] = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'],
  ): Promise<JavaReplicaSet> {
    const classPath = await prepareJava();
    const child = spawn('java', [...flags, '-cp', classPath, 'ReplicaSet', String(members)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value, done } = await answers.next();
    if (done) throw new Error(`the test database ended with ${child.exitCode ?? child.signalCode} before it was ready`);
    return new JavaReplicaSet(child, answers, value.split(' '));
  }

  /** Makes a member the primary, or, without one, begins an election that nobody wins yet. */
  async elect(member: number | undefined): Promise<void> {
    await this.command(`primary ${member ?? 'none'}`);
  }

  /** Closes a member's port and all connections to it; the data stays. */
  async down(member: number): Promise<void> {
    await this.command(`down ${member}`);
  }

  /** Brings a member back on its port. */
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
    const { value, done } = await this.answers.next();
    if (done || value !== 'ok')
      throw new Error(`the test database answered ${String(value)} to ${JSON.stringify(line)}`);
  }
}
