import { mongo } from 'mongoose';
import { z } from 'zod';
import { secret } from '../settings.ts';

/** The settings of a service with a database, as zod shape. */
export const mongoSettings = {
  /** Connection string of the replica set, with the database's name and the password. */
  MONGODB_URI: secret(z.string().refine(isConnectionString, 'must be a connection string such as mongodb://user:password@host/database?replicaSet=rs0')),
};

function isConnectionString(uri: string): boolean {
  try {
    return new mongo.MongoClient(uri).options.dbName !== NO_NAME;
  } catch {
    return false;
  }
}

/** What the driver calls the database of a connection string that names none. */
const NO_NAME = 'test';
