export { describeWithDatabase, describeWithReplicaSet, type TestDatabase, withDatabase } from './database.ts';
export { JavaReplicaSet } from './java-replica-set.ts';
export { startTestServer, type TestServer } from './server.ts';
