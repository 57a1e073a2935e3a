import { mongo } from 'mongoose';
import { z } from 'zod';
import { secret } from '../settings.ts';

/** The settings of a service with a database, as a zod shape. */
export const mongoSettings = {
  /** Connection string of the replica set, with password and database name. */
  MONGODB_URI: secret(
    z.string().refine(isConnectionString),
    'must be a connection string such as mongodb://user:password@host/database?replicaSet=rs0',
  ),
};

function isConnectionString(uri: string): boolean {
  try {
    // Parses only, without connecting; throws if invalid.
    const client = new mongo.MongoClient(uri);
    return NAMES_DATABASE.test(uri) && client.options.hosts.length > 0;
  } catch {
    return false;
  }
}

/** Without a name the driver would silently use the database `test`. */
const NAMES_DATABASE = /^mongodb(\+srv)?:\/\/[^/?]+\/[^?]/;
