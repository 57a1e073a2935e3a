import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import { type LeaseDocument, withLease } from './lease.ts';

/** One step from a shape of the data to the next. */
export interface Migration {
  /** 1, 2, 3 …; the order. A version that was released is never changed nor reused. */
  readonly version: number;
  /** What it does, in a few words of small letters with hyphens. */
  readonly name: string;
  /**
   * Does the step. A replica may die in the middle, and another one then does the step from its start: so it has to
   * bear being repeated. It ends early, by throwing, when the signal fires. Replicas of the release before are still
   * at work, so it adds and fills; what they use is removed by a later release.
   */
  up(database: mongo.Db, signal: AbortSignal): Promise<void>;
}

/** A migration that was done, as kept in the database. */
export interface AppliedMigration {
  readonly _id: number;
  readonly name: string;
  readonly appliedAt: Date;
  readonly milliseconds: number;
}

/** What migrate needs besides the steps. */
export interface MigrateOptions {
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** How long a replica that migrates may be silent before another one takes over. @default 15 */
  readonly leaseSeconds?: number;
}

/** The migrations of this release and those that the database has seen do not fit together. */
export class MigrationHistoryError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'MigrationHistoryError';
  }
}

const APPLIED = 'migrations';
const LEASES = 'migration_leases';

/**
 * Brings a database to the shape of the newest migration: each step once, in order, by one replica at a time; the
 * others wait until it is done. A step that fails stays undone and is tried by the next call, and later steps wait.
 * A database that a newer release has migrated is left as it is.
 *
 * @throws MigrationHistoryError if versions are not 1, 2, 3 …, or one that was applied has another name here
 */
export async function migrate(
  database: mongo.Db,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<void> {
  const { signal, log, leaseSeconds = 15 } = options;
  checkVersions(migrations);
  const applied = database.collection<AppliedMigration>(APPLIED);
  // Most starts find nothing to do, and need no lease.
  const pending = await pendingMigrations(applied, migrations, log);
  if (pending.length === 0) return;

  const collection = database.collection<LeaseDocument>(LEASES);
  const owner = `${hostname()}-${randomUUID()}`;
  await withLease({ collection, id: APPLIED, owner, seconds: leaseSeconds, signal }, async (held) => {
    for (const migration of await pendingMigrations(applied, migrations, log)) {
      held.throwIfAborted();
      const start = performance.now();
      await migration.up(database, held);
      held.throwIfAborted();
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
        `migration ${name} has version ${version} where ${index + 1} is next; number them 1, 2, 3 … in order`,
      );
    }
  }
}

/** Those that are still to do, in order. */
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
        `migration ${version} is ${name} here, but the database has seen ${was}; give the new one a version of its own`,
      );
    }
  }
  const newest = Math.max(0, ...seen.keys());
  if (newest > migrations.length)
    log(`the database is at version ${newest}, this release knows ${migrations.length}: a newer one was here`);
  return migrations.filter(({ version }) => !seen.has(version));
}
