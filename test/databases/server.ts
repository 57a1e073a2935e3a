import { ReplicaSet } from '../../apps/common/src/mongo/testing/replica-set.ts';
import { findMongod, type Mongod, type NoMongod } from './mongod.ts';

/** A MongoDB for tests. */
export interface TestServer {
  /** Description for messages. */
  readonly kind: string;
  /** Its connection string. */
  readonly uri: string;
  stop(): Promise<void>;
}

/** Members of the set that tests share: as many as clusters have. */
const MEMBERS = 3;

/** The server of MONGODB_URI; else a replica set of a mongod that is found; else none. */
export async function startTestServer(found?: Mongod | NoMongod): Promise<TestServer | NoMongod> {
  const given = process.env['MONGODB_URI'];
  if (given) return { kind: 'the server of MONGODB_URI', uri: given, stop: async () => {} };
  const mongod = found ?? (await findMongod());
  if ('reasons' in mongod) return mongod;
  const set = await ReplicaSet.start(mongod.program, MEMBERS);
  return { kind: `a replica set of mongod ${mongod.version}`, uri: set.uri, stop: () => set.stop() };
}
