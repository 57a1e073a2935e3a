export { Database, type Prepare } from './database.ts';
export { isDuplicate } from './duplicate.ts';
export { mongoModule, type MongoModuleOptions } from './mongo.module.ts';
export { mongoSettings } from './settings.ts';
export { isDatabaseUnavailable } from './unavailable.ts';
export { UsesDatabase } from './uses-database.ts';
export { type Migration, MigrationHistoryError, migrate } from './migrations/migrate.ts';
export { LeaseLostError } from './migrations/lease.ts';
