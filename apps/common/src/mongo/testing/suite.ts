import type { Command } from './replica-set.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the server that all database tests share; undefined if there is no server. */
    readonly mongodbUri: string | undefined;
    /** The program that starts a replica set; undefined if it is not available. */
    readonly replicaSet: Command | undefined;
  }
}

/** Suffix of the names of suites that need a database. */
export const DATABASE_SUITE = '(database)';
