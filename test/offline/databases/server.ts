import { DryMongoBinary, MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { MongoBinaryDownloadUrl } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js';
import { ReplicaSet } from '../../../apps/common/src/mongo/testing/replica-set.ts';
import { javaReplicaSet } from './java.ts';

/** A MongoDB for tests. */
export interface TestServer {
  /** Description for messages. */
  readonly kind: string;
  /** Its connection string. */
  readonly uri: string;
  stop(): Promise<void>;
}

/** No server could be started. */
export interface NoTestServer {
  /** The error of each attempt. */
  readonly reasons: readonly string[];
}

/** Time limit for the HEAD request to the download's URL. */
const REACHABLE_MS = 3_000;

/**
 * The most realistic MongoDB that is available: the one of MONGODB_URI; else a real one by mongodb-memory-server, which
 * downloads it once; else a stand-in written in Java, which proves less; else none.
 */
export async function startTestServer(): Promise<TestServer | NoTestServer> {
  const given = process.env['MONGODB_URI'];
  if (given) return { kind: 'the server of MONGODB_URI', uri: given, stop: async () => {} };
  const reasons: string[] = [];
  for (const [what, start] of ALTERNATIVES) {
    try {
      return await start();
    } catch (error) {
      reasons.push(`${what}: ${(error as Error).message}`);
    }
  }
  return { reasons };
}

const ALTERNATIVES: readonly (readonly [string, () => Promise<TestServer>])[] = [
  ['mongodb-memory-server', memoryServer],
  ['mongo-java-server', javaServer],
];

async function memoryServer(): Promise<TestServer> {
  const options = await DryMongoBinary.generateOptions();
  if ((await DryMongoBinary.locateBinary(options)) === undefined)
    await reach(await new MongoBinaryDownloadUrl(options).getDownloadUrl());
  const set = await MongoMemoryReplSet.create({ replSet: { count: 1 } });
  return { kind: `mongod ${options.version}`, uri: set.getUri(), stop: async () => void (await set.stop()) };
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

async function javaServer(): Promise<TestServer> {
  const set = await ReplicaSet.start(await javaReplicaSet(), 1);
  return { kind: 'mongo-java-server', uri: set.uri, stop: () => set.stop() };
}
