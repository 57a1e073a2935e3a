import { mongo } from 'mongoose';
import { z } from 'zod';
import { secret } from '../settings.ts';

/** The settings of a service with a database, as zod shape. */
export const mongoSettings = {
  /** Connection string of the replica set, with the database's name and the password. */
  MONGODB_URI: secret(
    z.string().refine(isConnectionString),
    'must be a connection string such as mongodb://user:password@host/database?replicaSet=rs0',
  ),
};

function isConnectionString(uri: string): boolean {
  try {
    // Throws what the driver finds wrong; connects to nothing.
    const client = new mongo.MongoClient(uri);
    return NAMES_DATABASE.test(uri) && client.options.hosts.length > 0;
  } catch {
    return false;
  }
}

/** The driver takes one named `test` unless told. */
const NAMES_DATABASE = /^mongodb(\+srv)?:\/\/[^/?]+\/[^?]/;
