import { type DynamicModule, Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { Readiness } from '../health.ts';
import { Metrics } from '../metrics.ts';
import { createClient } from './client.ts';
import { databaseHealth } from './database-health.ts';
import { Database, type Prepare } from './database.ts';
import { publishPoolMetrics } from './pool-metrics.ts';

/** How a service uses its database. */
export interface MongoModuleOptions {
  /** The connection string, with the database's name. */
  readonly uri: string;
  /** The service's name, as the server's log shows it. */
  readonly appName: string;
  /**
   * Makes indexes, migrates. Done before the first request, by every replica and again after a failure, so it has to
   * bear both. @default makes the indexes that the models declare
   */
  readonly prepare?: Prepare;
}

@Module({})
class MongoModule {}

/** Gives models (by MongooseModule.forFeature) a connection that is made in the background; see Database. */
export function mongoModule({ uri, appName, prepare = createIndexes }: MongoModuleOptions): DynamicModule {
  const connection = { provide: getConnectionToken(), useFactory: () => unconnected() };
  const database = {
    provide: Database,
    inject: [getConnectionToken(), Metrics, Readiness],
    useFactory: (models: Connection, { registry }: Metrics, readiness: Readiness) => {
      const client = createClient(uri, appName);
      publishPoolMetrics(client, registry);
      const made = new Database(models, client, prepare);
      readiness.add(databaseHealth(made));
      return made;
    },
  };
  return { module: MongoModule, global: true, providers: [connection, database], exports: [connection, database] };
}

/** Makes the indexes that a service's models declare; those that exist are left as they are. */
export async function createIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) await model.createIndexes();
}

/** A connection that models can be made for, before there is a server. */
function unconnected(): Connection {
  const connection = mongoose.createConnection();
  // Without a server a request fails at once, instead of waiting in memory for one.
  connection.set('bufferCommands', false);
  // Collections and indexes are made when the data is prepared, where a failure is seen and repeated.
  connection.set('autoCreate', false);
  connection.set('autoIndex', false);
  return connection;
}
