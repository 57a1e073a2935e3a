import type { Command } from './replica-set.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the server that all database tests share; none if there is no server. */
    readonly mongodbUri: string | undefined;
    /** The program that starts a replica set; none if it cannot be had. */
    readonly replicaSet: Command | undefined;
  }
}

/** What marks the suites that need a database, in their names. */
export const DATABASE_SUITE = '(database)';
