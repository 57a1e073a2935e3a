declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the server that all database tests share; undefined if there is no server. */
    readonly mongodbUri: string | undefined;
    /** The program mongod, for tests that need replica sets of their own; undefined if there is none. */
    readonly mongod: string | undefined;
  }
}

/** Suffix of the names of suites that need a database. */
export const DATABASE_SUITE = '(database)';
