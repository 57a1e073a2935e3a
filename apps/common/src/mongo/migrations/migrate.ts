import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import { type LeaseDocument, withLease } from './lease.ts';

/** One migration of the data's schema. */
export interface Migration {
  /** 1, 2, 3 … in order of execution. A released version is never changed or reused. */
  readonly version: number;
  /** What it does, in kebab case. */
  readonly name: string;
  /**
   * Runs the migration. Must be idempotent: if a replica dies halfway, another one runs it from the start. Throws when
   * the signal aborts. Replicas of the previous release are still running, so it only adds and backfills; what they use
   * is removed by a later release.
   */
  up(database: mongo.Db, signal: AbortSignal): Promise<void>;
}

/** An applied migration, as recorded in the database. */
export interface AppliedMigration {
  readonly _id: number;
  readonly name: string;
  readonly appliedAt: Date;
  readonly milliseconds: number;
}

/** Options of `migrate`. */
export interface MigrateOptions {
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Duration of the lease of the migrating replica. @default 15 */
  readonly leaseSeconds?: number;
}

/** The migrations of this release contradict those recorded in the database. */
export class MigrationHistoryError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'MigrationHistoryError';
  }
}

const APPLIED = 'migrations';
const LEASES = 'migration_leases';

/**
 * Runs pending migrations, each once and in order, on one replica at a time; the others wait. A failed migration is
 * retried by the next call, before later ones. A database that a newer release has migrated is left alone.
 *
 * @throws MigrationHistoryError if versions are not 1, 2, 3 …, or if an applied migration has another name
 */
export async function migrate(
  database: mongo.Db,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<void> {
  const { signal, log, leaseSeconds = 15 } = options;
  checkVersions(migrations);
  const applied = database.collection<AppliedMigration>(APPLIED);
  // Usually nothing is pending, and no lease is needed.
  const pending = await pendingMigrations(applied, migrations, log);
  if (pending.length === 0) return;

  const collection = database.collection<LeaseDocument>(LEASES);
  const owner = `${hostname()}-${randomUUID()}`;
  await withLease({ collection, id: APPLIED, owner, seconds: leaseSeconds, signal }, async (leaseSignal) => {
    for (const migration of await pendingMigrations(applied, migrations, log)) {
      leaseSignal.throwIfAborted();
      const start = performance.now();
      await migration.up(database, leaseSignal);
      leaseSignal.throwIfAborted();
      const milliseconds = Math.round(performance.now() - start);
      await applied.insertOne({ _id: migration.version, name: migration.name, appliedAt: new Date(), milliseconds });
      log(`migration ${migration.version} ${migration.name} took ${milliseconds} ms`);
    }
  });
}

function checkVersions(migrations: readonly Migration[]): void {
  for (const [index, { version, name }] of migrations.entries()) {
    if (version !== index + 1) {
      throw new MigrationHistoryError(
        `migration ${name} has version ${version}, expected ${index + 1}; number migrations 1, 2, 3 … in order`,
      );
    }
  }
}

/** Migrations that were not applied yet, in order. */
async function pendingMigrations(
  applied: mongo.Collection<AppliedMigration>,
  migrations: readonly Migration[],
  log: (message: string) => void,
): Promise<Migration[]> {
  const seen = new Map(
    (await applied.find({}, { readPreference: 'primary' }).toArray()).map(({ _id, name }) => [_id, name]),
  );
  for (const { version, name } of migrations) {
    const was = seen.get(version);
    if (was !== undefined && was !== name) {
      throw new MigrationHistoryError(
        `migration ${version} is named ${name}, but was applied as ${was}; give the new migration its own version`,
      );
    }
  }
  const newest = Math.max(0, ...seen.keys());
  if (newest > migrations.length)
    log(
      `the database is at version ${newest}, newer than version ${migrations.length} of this release: nothing to migrate`,
    );
  return migrations.filter(({ version }) => !seen.has(version));
}
