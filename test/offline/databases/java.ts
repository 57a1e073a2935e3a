import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from '../../../apps/common/src/mongo/testing/replica-set.ts';

const SOURCES = join(import.meta.dirname, 'java');
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/slipway');
/** The first run downloads the libraries. */
const PREPARE_MS = 180_000;

const run = promisify(execFile);

/** For a small heap and a fast start: tests start many processes, each for seconds. */
const JVM_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'];

/**
 * The program that starts a replica set in memory; see ReplicaSet.java.
 *
 * @throws Error if Java or Maven is missing or fails, with its output
 */
export async function javaReplicaSet(): Promise<Command> {
  return ['java', ...JVM_OPTIONS, '-cp', await prepareJava(), 'ReplicaSet'];
}

/**
 * Downloads the libraries by Maven and compiles ReplicaSet.java, unless both are cached.
 *
 * @returns the class path
 * @throws Error if Java or Maven is missing or fails, with its output
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
      // Atomic, because other processes may prepare at the same time.
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
    const failure =
      code === 'ENOENT' ? 'is not installed' : `exited with ${code}: ${`${stdout}${stderr}`.trim().slice(-500)}`;
    throw new Error(`${command} ${failure}`, { cause: error });
  }
}
