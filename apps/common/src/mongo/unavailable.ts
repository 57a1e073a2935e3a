import { mongo, MongooseError } from 'mongoose';

/** Codes of a server that is no primary, shuts down, or ran out of time. */
const PASSING_CODES = new Set([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);

const PASSING_ERRORS = [
  mongo.MongoServerSelectionError,
  mongo.MongoNetworkError,
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
] as const;

/** Names of errors that the driver does not export. */
const PASSING_NAMES = new Set([
  'MongoWaitQueueTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongooseServerSelectionError',
]);

/** Whether an error says that the database is away or busy, and not that the request is wrong: later it may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError)
    return PASSING_CODES.has(Number(error.code)) || error.hasErrorLabel('RetryableWriteError');
  if (error instanceof mongo.MongoError || error instanceof MongooseError) {
    return PASSING_NAMES.has(error.name) || PASSING_ERRORS.some((type) => error instanceof type);
  }
  return false;
}
