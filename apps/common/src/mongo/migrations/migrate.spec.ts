import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeWithDatabase } from '../testing/index.ts';
import { type AppliedMigration, type Migration, migrate } from './migrate.ts';
import type { LeaseDocument } from './lease.ts';

const signal = new AbortController().signal;

/** Migrations that record their runs in the database, slowly enough for other replicas to interleave. */
function recording(count: number, runs: number[] = []): Migration[] {
  return Array.from({ length: count }, (_, index) => ({
    version: index + 1,
    name: `step-${index + 1}`,
    async up(database) {
      runs.push(index + 1);
      await database.collection('trace').insertOne({ step: index + 1 });
      await sleep(30);
    },
  }));
}

describeWithDatabase('migrate', (fresh) => {
  it('runs every migration once and in order when eight replicas start together', async () => {
    const { db } = fresh();
    const logs: string[] = [];
    await Promise.all(
      Array.from({ length: 8 }, () =>
        migrate(db, recording(4), { signal, leaseSeconds: 3, log: (line) => logs.push(line) }),
      ),
    );
    const trace = await db.collection('trace').find().sort({ _id: 1 }).toArray();
    expect(trace.map(({ step }) => Number(step))).toEqual([1, 2, 3, 4]);
    const applied = await db.collection<AppliedMigration>('migrations').find().sort({ _id: 1 }).toArray();
    expect(applied.map(({ _id, name }) => [_id, name])).toEqual([1, 2, 3, 4].map((n) => [n, `step-${n}`]));
    expect(logs.filter((line) => line.startsWith('migration '))).toHaveLength(4);
  });

  it('runs only new migrations', async () => {
    const { db } = fresh();
    const runs: number[] = [];
    await migrate(db, recording(2, runs), { signal, log: () => {} });
    await migrate(db, recording(3, runs), { signal, log: () => {} });
    await migrate(db, recording(3, runs), { signal, log: () => {} });
    expect(runs).toEqual([1, 2, 3]);
  });

  it('stops at a failed migration and resumes there on the next call', async () => {
    const { db } = fresh();
    const runs: number[] = [];
    const steps = recording(3, runs);
    const broken = steps.with(1, { version: 2, name: 'step-2', up: async () => Promise.reject(new Error('no disk')) });
    await expect(migrate(db, broken, { signal, log: () => {} })).rejects.toThrow('no disk');
    expect(runs).toEqual([1]);
    await migrate(db, steps, { signal, log: () => {} });
    expect(runs).toEqual([1, 2, 3]);
  });

  it('takes over from a dead replica once its lease has expired', async () => {
    const { db } = fresh();
    await db.collection<LeaseDocument>('migration_leases').insertOne({ _id: 'migrations', owner: 'dead', beat: 7 });
    const start = performance.now();
    await migrate(db, recording(1), { signal, leaseSeconds: 1, log: () => {} });
    expect(performance.now() - start).toBeGreaterThanOrEqual(1000);
    expect(await db.collection('trace').countDocuments()).toBe(1);
  });

  it('leaves a database alone that a newer release has migrated', async () => {
    const { db } = fresh();
    await migrate(db, recording(3), { signal, log: () => {} });
    const logs: string[] = [];
    await migrate(db, recording(2), { signal, log: (line) => logs.push(line) });
    expect(logs).toEqual(['the database is at version 3, newer than version 2 of this release: nothing to migrate']);
    expect(await db.collection('trace').countDocuments()).toBe(3);
  });

  it('refuses an applied migration whose name has changed', async () => {
    const { db } = fresh();
    await migrate(db, recording(1), { signal, log: () => {} });
    const renamed: Migration[] = [{ version: 1, name: 'other', up: async () => {} }];
    await expect(migrate(db, renamed, { signal, log: () => {} })).rejects.toThrow(
      'migration 1 is named other, but was applied as step-1; give the new migration its own version',
    );
  });

  it('stops waiting for the lease when the service stops', async () => {
    const { db } = fresh();
    await db.collection<LeaseDocument>('migration_leases').insertOne({ _id: 'migrations', owner: 'busy', beat: 1 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 100);
    await expect(migrate(db, recording(1), { signal: stop.signal, log: () => {} })).rejects.toThrow();
    expect(await db.collection('trace').countDocuments()).toBe(0);
  });
});

describeWithDatabase('withLease', (fresh) => {
  it('renews the lease for as long as the work takes', async () => {
    const { db } = fresh();
    let done = false;
    const slow: Migration[] = [
      {
        version: 1,
        name: 'slow',
        async up() {
          await sleep(7000);
          done = true;
        },
      },
    ];
    const first = migrate(db, slow, { signal, leaseSeconds: 3, log: () => {} });
    await sleep(100);
    const runs: number[] = [];
    const second = migrate(db, [{ ...slow[0]!, up: async () => void runs.push(1) }], {
      signal,
      leaseSeconds: 3,
      log: () => {},
    });
    await Promise.all([first, second]);
    expect(done).toBe(true);
    expect(runs).toEqual([]);
  });

  it('aborts the work when another contender has the lease, and does not record the migration', async () => {
    const { db } = fresh();
    const robbed: Migration[] = [
      {
        version: 1,
        name: 'robbed',
        async up(database, held) {
          await database
            .collection<LeaseDocument>('migration_leases')
            .updateOne({ _id: 'migrations' }, { $set: { owner: 'thief' }, $inc: { beat: 1 } });
          await new Promise((resolve) => held.addEventListener('abort', resolve, { once: true }));
        },
      },
    ];
    await expect(migrate(db, robbed, { signal, leaseSeconds: 1, log: () => {} })).rejects.toThrow(
      /lost the lease on migrations/,
    );
    expect(await db.collection('migrations').countDocuments()).toBe(0);
    expect(await db.collection<LeaseDocument>('migration_leases').findOne({ _id: 'migrations' })).toMatchObject({
      owner: 'thief',
    });
  });
});

describe('migration versions', () => {
  it('must be 1, 2, 3 …', async () => {
    const steps = recording(3).toSpliced(1, 1);
    // Fails before the database is used.
    await expect(migrate(undefined as never, steps, { signal, log: () => {} })).rejects.toThrow(
      'migration step-3 has version 3, expected 2; number migrations 1, 2, 3 … in order',
    );
  });
});
