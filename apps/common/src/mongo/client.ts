import { mongo } from 'mongoose';

/**
 * Connections to each member of the replica set: enough for a small process, and bearable for a server with many
 * clients.
 */
const MAX_POOL_SIZE = 20;

/**
 * Creates a client, not yet connected, with the same options in all services. Operations survive a failover: the driver
 * waits for the election of the next primary and retries, and a retried write is applied exactly once.
 *
 * @param uri the connection string; the options here override its own, apart from serverSelectionTimeoutMS
 * @param appName the client's name in the server's log and in `currentOp`
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
  // No write concern: since MongoDB 5.0 the server's default is majority, so an acknowledged write survives the loss of
  // the primary. An explicit one costs each read 20 microseconds, in which the driver deletes it from the read's
  // options.
  // Also for a heartbeat. Less than the wait for a connection: a member that hangs accepts connections and never answers, and is
  // noticed by this alone, before those who wait for one give up.
  connectTimeoutMS: 2_000,
  // For connections that died silently; no operation of these services takes as long.
  socketTimeoutMS: 20_000,
  // Upper bound for noticing that a member went down or came back.
  heartbeatFrequencyMS: 2_000,
  // Retries with backoff while the driver still believes in a primary that refuses connections.
  maxAdaptiveRetries: 8,
  maxPoolSize: MAX_POOL_SIZE,
  waitQueueTimeoutMS: 5_000,
} as const satisfies mongo.MongoClientOptions;

const DEFAULTS = {
  ...FIXED,
  // Members take 10 seconds to miss a primary that died, and then vote; an answer may take 14.
  serverSelectionTimeoutMS: 12_000,
} as const satisfies mongo.MongoClientOptions;
