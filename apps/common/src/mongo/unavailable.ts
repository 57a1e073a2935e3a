import { mongo, MongooseError } from 'mongoose';

/** Error codes of a server that is not primary, is shutting down, or timed out. */
const TRANSIENT_CODES = new Set([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);

const TRANSIENT_ERRORS = [
  mongo.MongoServerSelectionError,
  mongo.MongoNetworkError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
] as const;

/** Names of errors that the driver does not export. */
const TRANSIENT_NAMES = new Set([
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongooseServerSelectionError',
]);

/** Whether an error is transient: the database is unavailable or busy, and a retry may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError)
    return TRANSIENT_CODES.has(Number(error.code)) || error.hasErrorLabel('RetryableWriteError');
  if (error instanceof mongo.MongoError || error instanceof MongooseError) {
    return TRANSIENT_NAMES.has(error.name) || TRANSIENT_ERRORS.some((type) => error instanceof type);
  }
  return isClosedSocket(error);
}

/**
 * A write to a connection that its member has closed a moment ago: the driver (7.8) passes on the socket's own error, and neither
 * sends it nor retries.
 */
function isClosedSocket(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
