import { mongo } from 'mongoose';

/** Connections to each member of the replica set: enough for one small process, few for a server with many clients. */
const MAX_POOL_SIZE = 20;

/**
 * A client with the same behaviour in all services. It reads and writes through a change of the primary: an operation
 * that failed because of one is done again by the driver, exactly once for the data, and waits for the next primary
 * for as long as an election takes. It does not connect yet.
 *
 * @param uri the connection string; the options here win over its own
 * @param appName what the server's log and its list of operations call this client
 */
export function createClient(uri: string, appName: string): mongo.MongoClient {
  return new mongo.MongoClient(uri, { ...DEFAULTS, appName });
}

const DEFAULTS = {
  retryReads: true,
  retryWrites: true,
  // A write that was answered is not lost with a primary.
  writeConcern: { w: 'majority' },
  // Members take 10 seconds to miss a primary that died, and then vote; an answer may take 14.
  serverSelectionTimeoutMS: 12_000,
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
