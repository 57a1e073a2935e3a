import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import mongoose from 'mongoose';
import { Registry } from 'prom-client';
import { afterAll, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import { databaseHealth } from './database-health.ts';
import { Database, type Prepare } from './database.ts';
import { publishPoolMetrics } from './pool-metrics.ts';
import { isDatabaseUnavailable } from './unavailable.ts';
import { describeWithDatabase, describeWithReplicaSet, withDatabase } from './testing/index.ts';

// Outside of a service Nest would log to the tests' output.
Logger.overrideLogger(false);

const open: Database[] = [];
afterAll(async () => {
  for (const database of open) await database.onApplicationShutdown();
});

function opened(uri: string, prepare: Prepare = async () => {}): Database {
  const database = new Database(mongoose.createConnection(), createClient(uri, 'test'), prepare);
  open.push(database);
  database.onApplicationBootstrap();
  return database;
}

describeWithReplicaSet('Database without a server', (start) => {
  it('keeps connecting in the background until the server is up', async () => {
    const set = await start(2);
    await Promise.all([set.down(0), set.down(1)]);
    const database = opened(withDatabase(set.uri, 'late'));
    const health = databaseHealth(database);
    await sleep(300);
    expect(database.isPrepared).toBe(false);
    expect(await health()).toEqual({ database: { status: 'down' } });
    await Promise.all([set.up(0), set.up(1)]);
    await set.elect(0);
    await vi.waitUntil(() => database.isPrepared, { timeout: 10_000 });
    expect(await health()).toEqual({ database: { status: 'up' } });
  });

  it('reconnects after the server went down', async () => {
    const set = await start(1);
    const database = opened(withDatabase(set.uri, 'again'));
    const health = databaseHealth(database);
    await vi.waitUntil(() => database.isPrepared, { timeout: 10_000 });
    await set.down(0);
    expect(await health()).toEqual({ database: { status: 'down' } });
    await set.up(0);
    await vi.waitUntil(async () => (await health())['database']?.status === 'up', { timeout: 10_000 });
  });

  it('does not delay the shutdown', async () => {
    const set = await start(1);
    await set.down(0);
    const database = opened(withDatabase(set.uri, 'never'));
    await sleep(200);
    const before = performance.now();
    await database.onApplicationShutdown();
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(database.isPrepared).toBe(false);
  });
});

describeWithReplicaSet('Database during a failover', (start) => {
  /** A set of three with a client that is connected. */
  async function connected() {
    const set = await start(3);
    const client = createClient(withDatabase(set.uri, 'notes'), 'test');
    const database = new Database(mongoose.createConnection(), client, async () => {});
    open.push(database);
    database.onApplicationBootstrap();
    await vi.waitUntil(() => database.isPrepared, { timeout: 10_000 });
    return { set, notes: client.db().collection<{ _id: number }>('notes'), health: databaseHealth(database) };
  }

  it('waits for the next primary and applies each write once', async () => {
    const { set, notes, health } = await connected();
    const states = new Set<string | undefined>();
    let written = 0;
    for (const primary of [1, 2, 0]) {
      await set.elect(undefined);
      const writes = Array.from({ length: 10 }, () => notes.insertOne({ _id: written++ }));
      const reads = Array.from({ length: 10 }, () => notes.countDocuments());
      states.add((await health())['database']?.status);
      await sleep(200);
      await set.elect(primary);
      await Promise.all([...writes, ...reads]);
    }
    expect(await notes.countDocuments()).toBe(30);
    // Without a primary the service stays ready: requests wait instead of being refused.
    expect(states).toEqual(new Set(['up']));
  });

  it('completes reads and writes after the primary crashed', async () => {
    const { set, notes } = await connected();
    await notes.insertOne({ _id: 0 });
    await set.down(0);
    // Until the driver has seen that its connections are closed, it fails instead of retrying: see isDatabaseUnavailable.
    await sleep(100);
    const write = notes.insertOne({ _id: 1 });
    const read = notes.findOne({ _id: 0 });
    // The others elect one of themselves.
    await write;
    expect(await read).toEqual({ _id: 0 });
    expect(await notes.countDocuments()).toBe(2);
  });

  it(
    'completes reads after the primary hung, and loses no write that it acknowledged',
    { timeout: 90_000 },
    async () => {
      const { set, notes, health } = await connected();
      await notes.insertOne({ _id: 0 });
      // Its connections stay, and whoever asks it waits.
      set.freeze(0);
      const writes = Promise.allSettled(
        Array.from({ length: 10 }, async (_, i) => (await notes.insertOne({ _id: i + 1 })).insertedId),
      );
      expect(await notes.findOne({ _id: 0 })).toEqual({ _id: 0 });
      expect((await health())['database']?.status).toBe('up');
      // It comes back, is no primary any more, and drops what it got as one: of that, nothing was acknowledged.
      set.thaw(0);
      const ends = await writes;
      const acknowledged = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      expect(ends.map((end) => end.status === 'fulfilled' || isDatabaseUnavailable(end.reason))).not.toContain(false);
      await vi.waitUntil(
        async () =>
          notes.replaceOne({ _id: 11 }, {}, { upsert: true }).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      );
      expect(await notes.distinct('_id')).toEqual(expect.arrayContaining([...acknowledged, 0, 11]));
    },
  );
});

describeWithDatabase('Database.prepare', (fresh) => {
  it('is retried until it succeeds, before the first request', async () => {
    const { uri } = fresh();
    let calls = 0;
    const database = opened(uri, async () => {
      calls += 1;
      if (calls < 3) throw new Error(`not yet, ${calls}`);
    });
    await vi.waitUntil(() => calls === 1, { timeout: 10_000 });
    await expect(database.ping()).rejects.toThrow(/not yet|has not connected/);
    await vi.waitUntil(() => database.isPrepared, { timeout: 10_000 });
    expect(calls).toBe(3);
    await database.ping();
  });
});

describeWithDatabase('publishPoolMetrics', (fresh) => {
  it('counts connections by state and waiting requests', async () => {
    const registry = new Registry();
    const { uri } = fresh();
    const client = new mongoose.mongo.MongoClient(uri, { maxPoolSize: 2 });
    publishPoolMetrics(client, registry);
    await client.connect();
    /** Of all members together, by state. */
    const values = async (name: string): Promise<Record<string, number>> => {
      const sums: Record<string, number> = {};
      for (const { labels, value } of (await registry.getSingleMetric(name)?.get())?.values ?? []) {
        const state = String(labels['state'] ?? '');
        sums[state] = (sums[state] ?? 0) + value;
      }
      return sums;
    };
    await Promise.all(Array.from({ length: 10 }, () => client.db().collection('none').findOne()));
    expect(await values('mongodb_pool_connections')).toEqual({ in_use: 0, idle: 2 });
    expect(await values('mongodb_pool_waiting')).toEqual({ '': 0 });
    expect(await values('mongodb_pool_max')).toEqual({ '': 2 });
    // So many that some still wait when the metrics are read, however late.
    const busy = Promise.all(Array.from({ length: 500 }, () => client.db().collection('none').findOne()));
    await vi.waitUntil(
      async () =>
        (await values('mongodb_pool_connections'))['in_use'] === 2 && (await values('mongodb_pool_waiting'))['']! > 0,
      { interval: 1 },
    );
    await busy;
    await client.close();
    expect(await values('mongodb_pool_connections')).toEqual({});
  });
});
