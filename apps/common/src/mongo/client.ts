import { mongo } from 'mongoose';

/** Connections to each member of the replica set: enough for one small process, few for a server with many clients. */
const MAX_POOL_SIZE = 20;

/**
 * A client with the same behaviour in all services. It reads and writes through a change of the primary: an operation
 * that failed because of one is done again by the driver, exactly once for the data, and waits for the next primary
 * for as long as an election takes. It does not connect yet.
 *
 * @param uri the connection string; the options here win over its own, apart from serverSelectionTimeoutMS
 * @param appName what the server's log and its list of operations call this client
 */
export function createClient(uri: string, appName: string): mongo.MongoClient {
  return new mongo.MongoClient(uri, { ...(namesElectionWait(uri) ? FIXED : DEFAULTS), appName });
}

/** How long to wait for a primary depends on the replica set, so whoever names the set may say it. */
function namesElectionWait(uri: string): boolean {
  const options = new URLSearchParams(uri.split('?')[1]);
  return [...options.keys()].some((name) => name.toLowerCase() === 'serverselectiontimeoutms');
}

const FIXED = {
  retryReads: true,
  retryWrites: true,
  // No write concern: that of the server is the majority since MongoDB 5.0, so that a write that was answered is not lost
  // with a primary; one that stands here costs each read 20 microseconds, in which the driver deletes it from its options.
  connectTimeoutMS: 5_000,
  // For a connection that went dead without a word; no operation of these services takes as long.
  socketTimeoutMS: 20_000,
  // How soon a member that went away or came back is noticed at the latest.
  heartbeatFrequencyMS: 2_000,
  // While the driver still believes in a primary that refuses connections, it tries again this often, ever more slowly.
  maxAdaptiveRetries: 8,
  maxPoolSize: MAX_POOL_SIZE,
  waitQueueTimeoutMS: 5_000,
} as const satisfies mongo.MongoClientOptions;

const DEFAULTS = {
  ...FIXED,
  // Members take 10 seconds to miss a primary that died, and then vote; an answer may take 14.
  serverSelectionTimeoutMS: 12_000,
} as const satisfies mongo.MongoClientOptions;
