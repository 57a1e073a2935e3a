import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;

/** Whether the database refused a write because a unique index has that value already. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;
}
