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
  /** The service's name in the server's log. */
  readonly appName: string;
  /**
   * Creates indexes or runs migrations before the first request. Every replica runs it, and again after a failure, so
   * it must be idempotent and safe to run concurrently. @default creates the indexes that the models declare
   */
  readonly prepare?: Prepare;
}

@Module({})
class MongoModule {}

/** Provides the connection for MongooseModule.forFeature, established in the background; see Database. */
export function mongoModule({ uri, appName, prepare = createIndexes }: MongoModuleOptions): DynamicModule {
  const connection = { provide: getConnectionToken(), useFactory: () => unconnected() };
  const database = {
    provide: Database,
    inject: [getConnectionToken(), Metrics, Readiness],
    useFactory: (models: Connection, { registry }: Metrics, readiness: Readiness) => {
      const client = createClient(uri, appName);
      publishPoolMetrics(client, registry);
      const instance = new Database(models, client, prepare);
      readiness.add(databaseHealth(instance));
      return instance;
    },
  };
  return { module: MongoModule, global: true, providers: [connection, database], exports: [connection, database] };
}

/** Creates the indexes that the models declare; existing ones are left alone. */
export async function createIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) await model.createIndexes();
}

/** A connection for defining models before there is a server. */
function unconnected(): Connection {
  const connection = mongoose.createConnection();
  // Without a server operations fail immediately instead of being buffered.
  connection.set('bufferCommands', false);
  // Collections and indexes are created by `prepare`, where failures are logged and retried.
  connection.set('autoCreate', false);
  connection.set('autoIndex', false);
  return connection;
}
