/** What marks the suites that need a database, in their names. */
export const DATABASE_SUITE = '(database)';
