import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../apps/common/src/mongo/client.ts';
import { isDatabaseUnavailable } from '../../apps/common/src/mongo/unavailable.ts';
import { ReplicaSet } from '../../apps/common/src/mongo/testing/replica-set.ts';
import { findMongod } from './mongod.ts';
import { CLIENT, MongoPrograms, PLAIN, type SetupRun, WRITES_ITS_ARGUMENTS } from './mongo-programs.ts';
import { findMongosh } from './mongosh.ts';
import { builtProgram } from '../lab/build.ts';
import { Authority } from '../lab/pki.ts';

const mongod = await findMongod();
const missing = 'reasons' in mongod ? mongod.reasons.join('; ') : '';
const shell = missing === '' ? await findMongosh() : '';

// At the same time, since they mostly wait for elections.
describe.skipIf(missing !== '')(
  `programs of a rendered replica set${missing && `, skipped: ${missing}`}`,
  {
    concurrent: true,
  },
  () => {
    const programs = new MongoPrograms(shell, PLAIN);
    afterAll(() => programs.remove());

    const portOf = ({ hosts }: ReplicaSet, member: number): number => Number(hosts[member]?.split(':')[1]);

    const notes = async (database: mongo.Db): Promise<number[]> =>
      database.collection<{ _id: number }>('notes').distinct('_id');

    /**
     * Writes documents one after the other for as long as some work takes.
     *
     * @param from the first id
     * @param options of the connection string
     * @returns the ids that were acknowledged
     */
    async function whileWriting(
      set: ReplicaSet,
      work: () => Promise<void>,
      { from = 1, options = '' } = {},
    ): Promise<number[]> {
      const stop = new AbortController();
      const acknowledged: number[] = [];
      const writing = asClient(
        set,
        async (database) => {
          const collection = database.collection<{ _id: number }>('notes');
          for (let id = from; !stop.signal.aborted; id++) {
            try {
              await collection.insertOne({ _id: id });
              acknowledged.push(id);
            } catch (error) {
              // The driver retries a write once: it fails if the next primary is gone at once, too.
              if (!isDatabaseUnavailable(error)) throw error;
            }
          }
        },
        undefined,
        options,
      );
      const ends = await Promise.allSettled([work().finally(() => stop.abort()), writing]);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return acknowledged;
    }

    /** A test with servers that are not a replica set yet. */
    function onServers(name: string, test: (set: ReplicaSet) => Promise<void>, count = 3): void {
      it(name, async () => {
        if ('reasons' in mongod) throw new Error(missing);
        const set = await ReplicaSet.launch(mongod.program, count);
        try {
          await test(set);
        } finally {
          await set.stop();
        }
      });
    }

    /** A test with three servers of which the setup Job made a replica set. */
    function onSet(name: string, test: (set: ReplicaSet) => Promise<void>): void {
      onServers(name, async (set) => {
        expect(await run(set)).toMatchObject({ code: 0 });
        await test(set);
      });
    }

    function run({ hosts, key }: ReplicaSet, options: Partial<SetupRun> = {}): ReturnType<MongoPrograms['setup']> {
      return programs.setup({ hosts, key, passwords: {}, waits: 60, ...options });
    }

    /** Calls with the database of the client. @throws MongoServerError if its password is another one */
    async function asClient<T>(
      { hosts }: ReplicaSet,
      work: (database: mongo.Db) => Promise<T>,
      password = `${CLIENT}-password`,
      options = '',
    ): Promise<T> {
      const uri = `mongodb://${CLIENT}:${password}@${hosts.join(',')}/${CLIENT}?replicaSet=rs0&authSource=admin&${options}`;
      const client = createClient(uri, 'test');
      try {
        return await work(client.db());
      } finally {
        await client.close();
      }
    }

    const write = async (set: ReplicaSet, _id: number, password?: string): Promise<unknown> =>
      asClient(set, async (database) => database.collection<{ _id: number }>('notes').insertOne({ _id }), password);

    const count = async (set: ReplicaSet): Promise<number> =>
      asClient(set, async (database) => database.collection('notes').countDocuments());

    describe('the setup Job', () => {
      onServers('initiates the set, and creates users who have their own database alone', async (set) => {
        const { code, output } = await run(set);
        expect(code, output).toBe(0);
        expect(output).toContain('initiated the replica set on 127.0.0.1');
        for (const user of programs.users) expect(output).toContain(`created user ${user}`);
        await write(set, 1);
        await expect(
          asClient(set, async (database) => database.client.db('other').collection('notes').insertOne({})),
        ).rejects.toThrow(/not authorized/);
      });

      onSet('changes nothing when it runs again', async (set) => {
        await write(set, 1);
        const { code, output } = await run(set);
        expect(code, output).toBe(0);
        expect(output).toContain('the replica set is already initiated');
        expect(output).not.toContain('created user');
        expect(await count(set)).toBe(1);
      });

      onSet('gives a user the password that the store has now', async (set) => {
        await write(set, 1);
        expect(await run(set, { passwords: { [CLIENT]: 'another' } })).toMatchObject({ code: 0 });
        await expect(write(set, 2)).rejects.toThrow(/Authentication failed/);
        await write(set, 2, 'another');
      });

      onSet('creates a missing user while a member is away', async (set) => {
        await set.down(2);
        expect(await run(set, { passwords: { [CLIENT]: 'another' } })).toMatchObject({ code: 0 });
        await write(set, 1, 'another');
      });

      for (const member of [0, 2])
        onSet(`does not initiate again when member ${member} comes back without its data`, async (set) => {
          await write(set, 1);
          await set.down(member);
          set.empty(member);
          await set.up(member);
          const { code, output } = await run(set);
          expect(code, output).toBe(0);
          expect(output).toContain('the replica set is already initiated');
          expect(await count(set)).toBe(1);
        });

      onServers('does not initiate before every member is there', async (set) => {
        await set.down(1);
        const { code, output } = await run(set, { waits: 5 });
        expect(code).toBe(1);
        expect(output).toContain('waited 5 s for every member to respond');
        expect(output).not.toContain('initiated');
        await set.up(1);
        expect(await run(set)).toMatchObject({ code: 0 });
      });

      onSet('fails without a majority, and with it does what is left', async (set) => {
        await set.down(1);
        await set.down(2);
        const { code, output } = await run(set, { waits: 15, passwords: { [CLIENT]: 'another' } });
        expect(code).toBe(1);
        // The primary needs ten seconds to see that it is alone, and confirms no write meanwhile.
        expect(output).toMatch(/waited 15 s for a primary|operation was interrupted/);
        await set.up(1);
        expect(await run(set, { passwords: { [CLIENT]: 'another' } })).toMatchObject({ code: 0 });
        await write(set, 1, 'another');
      });

      onServers('names a key that the members do not have, and changes nothing', async (set) => {
        const { code, output } = await run(set, { key: 'another', waits: 1 });
        expect(code).toBe(1);
        expect(output).toContain('Authentication failed');
        expect(output).not.toContain('initiated');
        expect(await run(set)).toMatchObject({ code: 0 });
      });

      for (const after of [500, 1_000, 2_000])
        onServers(`completes what a run left undone that was killed after ${after} ms`, async (set) => {
          const killed = new AbortController();
          const first = run(set, { signal: killed.signal });
          await sleep(after);
          killed.abort();
          await first;
          expect(await run(set)).toMatchObject({ code: 0 });
          await write(set, 1);
        });

      onSet(
        'raises the features that data may use, never lowers them, and leaves what members do not know',
        async (set) => {
          const featuresOf = async (version: string): Promise<string> =>
            (
              await programs.setup({
                hosts: set.hosts,
                key: set.key,
                passwords: {},
                waits: 60,
                state: { featuresOf: version },
              })
            ).output;
          await set.command({ setFeatureCompatibilityVersion: '5.0' });
          expect(await featuresOf('4.4')).toContain('left the features of 5.0, not 4.4, on members of 6.0');
          expect(await featuresOf('6.0')).toContain('raised the features of 5.0 to those of 6.0');
          expect(await featuresOf('6.0')).not.toContain('features');
          expect(await featuresOf('8.0')).toContain('left the features of 6.0, not 8.0, on members of 6.0');
        },
      );

      onServers('may run twice at a time', async (set) => {
        for (const { code, output } of await Promise.all([run(set), run(set)])) expect(code, output).toBe(0);
        await write(set, 1);
      });

      onServers(
        'adds members one by one, and removes them, whoever is primary, while no acknowledged write is lost',
        async (set) => {
          const three = set.hosts.slice(0, 3);
          expect(await run(set, { hosts: three })).toMatchObject({ code: 0 });
          const acknowledged = await whileWriting(set, async () => {
            const larger = await run(set);
            expect(larger.code, larger.output).toBe(0);
            for (const host of set.hosts.slice(3)) expect(larger.output).toContain(`added ${host}`);
            await set.elect(4);
            const smaller = await run(set, { hosts: three });
            expect(smaller.code, smaller.output).toBe(0);
            expect(smaller.output).toContain(`${set.hosts[4]} stepped down`);
            for (const host of set.hosts.slice(3)) expect(smaller.output).toContain(`removed ${host}`);
            for (const member of [3, 4]) await set.down(member);
          });
          expect(acknowledged.length).toBeGreaterThan(0);
          const kept = await asClient(set, notes);
          expect(kept).toEqual(expect.arrayContaining(acknowledged));
        },
        5,
      );
    });

    describe('TLS', () => {
      const mongodump = builtProgram('mongodump');
      const authority = new Authority(join(programs.volume(), 'authority'));
      const modes = (['allowTLS', 'preferTLS', 'requireTLS'] as const).map(
        (tls) => new MongoPrograms(shell, { tls }, mongodump ? { mongodump } : {}),
      );
      // The real one, once the lab has built it.
      const dump = mongodump ? {} : { mongodump: WRITES_ITS_ARGUMENTS };
      afterAll(() => {
        for (const one of modes) one.remove();
      });

      onServers(
        'is taken up in three rolls, each with the setup Job, probes and dump of its mode, and no acknowledged write is lost',
        async (set) => {
          expect(await run(set)).toMatchObject({ code: 0 });
          const acknowledged: number[] = [];
          for (const mode of modes) {
            const encryption = mode.encryption(authority);
            const { options } = encryption;
            // Those that were not acknowledged may be there, too.
            const from = (acknowledged.at(-1) ?? 0) + 1_000;
            acknowledged.push(...(await whileWriting(set, async () => set.roll(encryption), { from, options })));
            const { code, output } = await mode.setup({ hosts: set.hosts, key: set.key, passwords: {}, waits: 60 });
            expect(code, output).toBe(0);
            const health = await mode.health(portOf(set, 0));
            await vi.waitFor(async () => expect(await health.ready()).toBe(true), 20_000).finally(health.stop);
            expect(await mode.dump(set.hosts, mode.volume(), dump)).toMatchObject({ code: 0 });
            const kept = await asClient(set, notes, undefined, options);
            expect(kept).toEqual(expect.arrayContaining(acknowledged));
          }
          await expect(asClient(set, notes)).rejects.toThrow();
        },
      );
    });

    describe('probes', () => {
      /** Waits for what probes say. @param seconds the most that it may take */
      const until = async (seconds: number, check: () => Promise<boolean>): Promise<void> =>
        vi.waitFor(async () => expect(await check()).toBe(true), { timeout: seconds * 1000, interval: 200 });
      const not = (check: () => Promise<boolean>) => async (): Promise<boolean> => !(await check());

      onServers('find a member alive before the set is initiated, and ready only afterwards', async (set) => {
        const health = await programs.health(portOf(set, 0));
        try {
          await sleep(5_000);
          expect([await health.alive(), await health.ready()]).toEqual([true, false]);
          expect(await run(set)).toMatchObject({ code: 0 });
          await until(20, health.ready);
          expect(await health.alive()).toBe(true);
        } finally {
          await health.stop();
        }
      });

      onSet('find a member that hangs not ready, then dead, and well again once it goes on', async (set) => {
        const health = await programs.health(portOf(set, 2));
        try {
          await until(20, health.ready);
          set.freeze(2);
          await until(20, not(health.ready));
          await until(30, not(health.alive));
          set.thaw(2);
          await until(40, async () => (await health.ready()) && health.alive());
        } finally {
          await health.stop();
        }
      });

      onSet('never find a member dead because of the container that asks it', async (set) => {
        const health = await programs.health(portOf(set, 1));
        await until(20, health.ready);
        await health.stop();
        expect([await health.ready(), await health.alive()]).toEqual([false, true]);
      });
    });

    describe('the dump', () => {
      const dump = (hosts: readonly string[], folder: string): ReturnType<MongoPrograms['dump']> =>
        programs.dump(hosts, folder, { mongodump: WRITES_ITS_ARGUMENTS });

      const argumentsIn = (folder: string): string[] => {
        const [file = ''] = readdirSync(folder)
          .filter((name) => /^\d{8}T\d{6}Z\.archive\.gz$/.test(name))
          .toSorted()
          .slice(-1);
        return readFileSync(join(folder, file), 'utf8').trim().split('\n');
      };

      onSet('reads from a secondary, and from the primary only if there is no other', async (set) => {
        const folder = programs.volume();
        expect(await dump(set.hosts, folder)).toMatchObject({ code: 0 });
        const uri = argumentsIn(folder).find((word) => word.startsWith('--uri=')) ?? '';
        const source = set.hosts.findIndex((host) => uri.includes(host));
        await set.elect(source);
        for (const other of [0, 1, 2]) if (other !== source) await set.down(other);
        const again = programs.volume();
        expect(await dump([set.hosts[source]!], again)).toMatchObject({ code: 0 });
        expect(argumentsIn(again)).toEqual([
          expect.stringMatching(/^--config=.*mongodump\.yaml$/),
          uri,
          '--oplog',
          '--gzip',
          '--archive=dump.partial',
        ]);
      });

      onServers('keeps the newest dump until there is a newer one, and fails if no member can be read', async (set) => {
        const folder = programs.volume();
        for (const stamp of ['20260101T000000Z', '20260102T000000Z'])
          for (const end of ['archive.gz', 'documents', 'sha256']) writeFileSync(join(folder, `${stamp}.${end}`), '');
        for (const other of ['dump.partial', 'restore.archive.gz']) writeFileSync(join(folder, other), '');
        expect(await dump(set.hosts, folder)).toMatchObject({
          code: 1,
          output: 'no member can be read from\n',
        });
        expect(readdirSync(folder)).toHaveLength(8);
        await run(set);
        expect(await dump(set.hosts, folder)).toMatchObject({ code: 0 });
        expect(readdirSync(folder).toSorted().slice(0, 3)).toEqual([
          '20260102T000000Z.archive.gz',
          '20260102T000000Z.documents',
          '20260102T000000Z.sha256',
        ]);
        expect(readdirSync(folder)).toHaveLength(7);
      });
    });
  },
);
