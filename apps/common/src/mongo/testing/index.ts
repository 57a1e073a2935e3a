export { withDatabase } from './connection-string.ts';
export { describeWithDatabase, describeWithReplicaSet, type TestDatabase } from './database.ts';
export { ReplicaSet } from './replica-set.ts';
