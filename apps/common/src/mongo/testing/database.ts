import { randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';
import { afterAll, describe, inject } from 'vitest';
import { withDatabase } from './connection-string.ts';
import { ReplicaSet } from './replica-set.ts';
import { DATABASE_SUITE } from './suite.ts';

/** A database that no other test uses. */
export interface TestDatabase {
  /** The connection string, with the database's name. */
  readonly uri: string;
  readonly db: mongo.Db;
}

/**
 * A suite of tests with a server; skipped and counted if there is none. Each call of `fresh` creates a separate
 * database, because tests run concurrently; it is dropped after the suite.
 */
export function describeWithDatabase(name: string, tests: (fresh: () => TestDatabase) => void): void {
  const server = inject('mongodbUri');
  describe.skipIf(server === undefined)(`${name} ${DATABASE_SUITE}`, () => {
    const clients: mongo.MongoClient[] = [];
    afterAll(async () => {
      for (const client of clients) {
        await client.db().dropDatabase();
        await client.close();
      }
    });
    tests(() => {
      const uri = withDatabase(server ?? '', `test-${randomUUID()}`);
      const client = new mongo.MongoClient(uri, { retryWrites: true, maxPoolSize: 4 });
      clients.push(client);
      return { uri, db: client.db() };
    });
  });
}

/**
 * A suite of tests with their own replica sets, whose elections and outages the tests control; skipped and counted if
 * they cannot be started.
 */
export function describeWithReplicaSet(
  name: string,
  tests: (start: (members: number) => Promise<ReplicaSet>) => void,
): void {
  const mongod = inject('mongod');
  // At the same time, since they mostly wait for elections.
  describe.skipIf(mongod === undefined)(`${name} ${DATABASE_SUITE}`, { concurrent: true }, () => {
    const sets: ReplicaSet[] = [];
    afterAll(async () => {
      for (const set of sets) await set.stop();
    });
    tests(async (members) => {
      const set = await ReplicaSet.start(mongod ?? '', members);
      sets.push(set);
      return set;
    });
  });
}
