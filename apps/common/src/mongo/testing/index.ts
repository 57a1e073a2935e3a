export { withDatabase } from './connection-string.ts';
export { describeWithDatabase, describeWithReplicaSet, type TestDatabase } from './database.ts';
export { JavaReplicaSet } from './java-replica-set.ts';
export { startTestServer, type TestServer } from './server.ts';
