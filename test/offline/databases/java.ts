import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from '../../../apps/common/src/mongo/testing/replica-set.ts';

const SOURCES = join(import.meta.dirname, 'java');
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/slipway');
/** Libraries come over the network the first time. */
const PREPARE_MS = 180_000;

const run = promisify(execFile);

/** Small and soon there: tests start many of them, each for seconds. */
const MACHINE = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'];

/**
 * The program that starts a replica set in memory; see ReplicaSet.java.
 *
 * @throws Error if Java or Maven is missing or fails, with what it said
 */
export async function javaReplicaSet(): Promise<Command> {
  return ['java', ...MACHINE, '-cp', await prepareJava(), 'ReplicaSet'];
}

/**
 * Fetches the libraries by Maven and compiles the launcher, unless that was done before.
 *
 * @returns the class path
 * @throws if Java or Maven is missing or fails, with what it said
 */
async function prepareJava(): Promise<string> {
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
