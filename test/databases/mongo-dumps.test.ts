import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../apps/common/src/mongo/client.ts';
import { ReplicaSet } from '../../apps/common/src/mongo/testing/replica-set.ts';
import { builtProgram } from '../lab/build.ts';
import { DumpCopy, processesOf } from './dump-copy.ts';
import { findMongod } from './mongod.ts';
import { CLIENT, MongoPrograms, PLAIN } from './mongo-programs.ts';
import { findMongosh } from './mongosh.ts';

const mongod = await findMongod();
const tools = { mongodump: builtProgram('mongodump'), mongorestore: builtProgram('mongorestore') };
const missing =
  'reasons' in mongod
    ? mongod.reasons.join('; ')
    : Object.values(tools).includes(undefined)
      ? 'the tools of MongoDB are not built: npm run lab -- build --real'
      : '';
if (missing !== '') console.warn(`Dumps of MongoDB are not tested: ${missing}`);
const shell = missing === '' ? await findMongosh() : '';

/** Collections of which documents are counted. */
const COUNTED = [`${CLIENT}.empty`, `${CLIENT}.notes`, `${CLIENT}.odd.name`];

/** For changes that every member has. */
const ON_ALL = { writeConcern: { w: 3 } } as const;

const RUNBOOK = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbooks', 'restore-mongo.md'), 'utf8');

/** Documents before the dump. */
const NOTES = 2_000;

describe.skipIf(missing !== '')(`dumps of MongoDB${missing && `, skipped: ${missing}`}`, () => {
  const server = 'program' in mongod ? mongod.program : '';
  let programs: MongoPrograms;
  let set: ReplicaSet;
  /** A folder with a dump that was taken while clients wrote. */
  let taken: string;

  beforeAll(async () => {
    programs = new MongoPrograms(shell, PLAIN, {
      mongod: server,
      mongodump: tools.mongodump!,
      mongorestore: tools.mongorestore!,
    });
    set = await ReplicaSet.launch(server, 3);
    const { hosts, key } = set;
    expect(await programs.setup({ hosts, key, passwords: {}, waits: 60 })).toMatchObject({ code: 0 });
    await asClient(async (database) => {
      await database.collection('notes').insertMany(Array.from({ length: NOTES }, (_, seen) => ({ seen })));
      await database.collection('notes').createIndex({ seen: 1 });
      await database.createCollection('empty');
      await database.createCollection('view', { viewOn: 'notes', pipeline: [] });
      // Documents that look like an entry of the oplog with several operations.
      await database.collection('odd.name').insertMany([{ applyOps: [{ op: 'd', ns: 'items.notes' }] }, {}]);
    });
    taken = programs.volume();
    const { code, output } = await whileWriting(async () => programs.dump(hosts, taken));
    expect(code, output).toBe(0);
  });

  afterAll(async () => {
    await set?.stop();
    programs?.remove();
  });

  async function asClient<T>(
    work: (database: mongo.Db, client: mongo.MongoClient) => Promise<T>,
    hosts = set.hosts,
  ): Promise<T> {
    const uri = `mongodb://${CLIENT}:${CLIENT}-password@${hosts.join(',')}/${CLIENT}?replicaSet=rs0&authSource=admin`;
    const client = createClient(uri, 'test');
    try {
      return await work(client.db(), client);
    } finally {
      await client.close();
    }
  }

  /** Inserts and deletes, in all the ways that the oplog has, for as long as some work takes. */
  async function whileWriting<T>(work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const writing = asClient(async (database, client) => {
      const notes = database.collection('notes');
      for (let round = 0; !stop.signal.aborted; round++) {
        await notes.insertMany(Array.from({ length: 7 }, () => ({ round })));
        await notes.deleteMany({ seen: { $gte: 10 * round, $lt: 10 * round + 5 } });
        await notes.updateMany({ round }, { $set: { again: true } });
        await client.withSession((session) =>
          session.withTransaction(async () => {
            await notes.insertOne({ round }, { session });
            await notes.deleteOne({ round }, { session });
            await database.collection('odd.name').insertOne({ applyOps: 1 }, { session });
          }),
        );
      }
    });
    try {
      return await work();
    } finally {
      stop.abort();
      await writing;
    }
  }

  /** A copy of the dump in a folder of its own. */
  function copy(): DumpCopy {
    const folder = programs.volume();
    cpSync(taken, folder, { recursive: true });
    return new DumpCopy(folder);
  }

  it('have a checksum, and how many documents each collection can have, beside them', () => {
    const one = copy();
    expect(one.whole).toHaveLength(3);
    one.check();
    const lines = linesOf(one);
    expect(lines.map(([name]) => name)).toEqual(COUNTED);
    expect(lines[0]).toEqual([`${CLIENT}.empty`, '0', '0']);
    const [, least, most] = lines[1]!;
    expect(Number(least)).toBeLessThan(Number(most));
  });

  it('are exact when nobody writes', async () => {
    const folder = programs.volume();
    const { code, output } = await programs.dump(set.hosts, folder);
    expect(code, output).toBe(0);
    const count = await asClient(async (database) => database.collection('notes').countDocuments());
    expect(linesOf(new DumpCopy(folder))[1]).toEqual([`${CLIENT}.notes`, String(count), String(count)]);
  });

  it('count no collection that was dropped meanwhile', async () => {
    const folder = programs.volume();
    await asClient(async (database) => {
      for (const name of ['another', 'dropped']) await database.createCollection(name, ON_ALL);
      const mongodump = 'touch dump.partial; until [[ -e changed ]]; do sleep 0.02; done';
      const dumped = programs.dump(set.hosts, folder, { mongodump });
      while (!existsSync(join(folder, 'dump.partial'))) await sleep(20);
      for (const name of ['another', 'dropped']) await database.dropCollection(name, ON_ALL);
      await database.createCollection('another', ON_ALL);
      writeFileSync(join(folder, 'changed'), '');
      expect(await dumped).toMatchObject({ code: 0 });
      await database.dropCollection('another', ON_ALL);
    });
    expect(linesOf(new DumpCopy(folder)).map(([name]) => name)).toEqual(COUNTED);
  });

  it('hold a number of documents in these bounds, whatever is written meanwhile', async () => {
    const { folder, whole } = copy();
    const { code, output } = await programs.verify(folder);
    expect(code, output).toBe(0);
    const [age, result] = output.split('\n');
    expect(age).toMatch(/^\d{8}T\d{6}Z\.archive\.gz is \d+ s old$/);
    expect(result).toMatch(/^verified: 3 collections have the documents that were counted, \d{4,} in all$/);
    expect(readdirSync(folder)).toEqual(whole);
  });

  it('come back in the empty set of a cluster that is made anew, by the runbook’s mongorestore', async () => {
    const fresh = await ReplicaSet.launch(server, 3);
    try {
      const { hosts, key } = fresh;
      // Its passwords are those of the secret store, which outlives a cluster.
      expect(await programs.setup({ hosts, key, passwords: {}, waits: 60 })).toMatchObject({ code: 0 });
      const [, line = ''] = / -- (mongorestore [^]*?)\n *kubectl/.exec(RUNBOOK) ?? [];
      const dump = copy();
      const archive = join(
        dump.folder,
        dump.whole.find((name) => name.endsWith('.archive.gz'))!,
      );
      const { code, output } = await programs.restore(line, { hosts, key }, archive);
      expect(code, output).toBe(0);
      await asClient(async (database) => {
        for (const [namespace = '', least, most] of linesOf(dump)) {
          const count = await database.collection(namespace.replace(`${CLIENT}.`, '')).countDocuments();
          expect(count, namespace).toBeGreaterThanOrEqual(Number(least));
          expect(count, namespace).toBeLessThanOrEqual(Number(most));
        }
        expect(Object.keys(await database.collection('notes').indexInformation())).toContain('seen_1');
      }, hosts);
    } finally {
      await fresh.stop();
    }
  });

  it.each<[string, (dump: DumpCopy) => void, RegExp]>([
    ['no dump', (dump) => dump.remove('archive.gz'), /^failed: there is no dump\n$/],
    ['no checksum', (dump) => dump.remove('sha256'), /\.sha256 is missing/],
    ['no counts', (dump) => dump.remove('documents'), /\.documents is missing/],
    [
      'a truncated archive',
      (dump) => dump.truncate('archive.gz', 5_000),
      /archive\.gz is not the file that was written/,
    ],
    [
      'an archive that was truncated before its checksum was made',
      (dump) => {
        dump.truncate('archive.gz', 5_000);
        dump.sumAnew('archive.gz');
      },
      /archive\.gz cannot be restored: .*error restoring from archive/,
    ],
    [
      'fewer documents than were counted',
      (dump) => dump.edit('documents', /^(items\.empty)\t.*$/m, '$1\t5\t7'),
      /^failed: items\.empty has 0 documents, not 5 to 7\n$/m,
    ],
    [
      'more documents than were counted',
      (dump) => dump.edit('documents', /^(items\.notes)\t.*$/m, '$1\t1\t1'),
      /^failed: items\.notes has \d+ documents, not 1\n$/m,
    ],
    [
      'fewer collections than were counted',
      (dump) => dump.edit('documents', /$/, 'items.lost\t0\t0\nitems.more\t3\t3\n'),
      /^failed: items\.lost is missing, with 0 documents; items\.more is missing, with 3 documents\n$/m,
    ],
    [
      'counts that are not numbers',
      (dump) => dump.edit('documents', /^(items\.notes)\t.*$/m, '$1'),
      /^failed: items\.notes has \d+ documents, not undefined\n$/m,
    ],
  ])('fail to be verified with %s', async (_, damage, message) => {
    const one = copy();
    damage(one);
    const { whole } = one;
    const { code, output } = await programs.verify(one.folder);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(readdirSync(one.folder)).toEqual(whole);
  });

  it('leave neither server nor data when their verification is ended', async () => {
    const { folder, whole } = copy();
    const ended = programs.verify(folder);
    while (processesOf(new RegExp(`mongod --dbpath=${folder}`)).length === 0) await sleep(20);
    process.kill(processesOf(new RegExp(`${dirname(folder)}/.*/verify\\.sh`))[0]!, 'SIGTERM');
    expect((await ended).code).not.toBe(0);
    expect(processesOf(new RegExp(folder))).toEqual([]);
    expect(readdirSync(folder)).toEqual(whole);
  });

  it('keep the newest whole one when the next is killed, and are two afterwards', async () => {
    const one = copy();
    const { folder, whole } = one;
    const killed = new AbortController();
    const mongodump = 'head -c 5000 /dev/zero >dump.partial; sleep 60';
    const next = programs.dump(set.hosts, folder, { mongodump, signal: killed.signal });
    while (!existsSync(join(folder, 'dump.partial'))) await sleep(20);
    killed.abort();
    expect((await next).code).toBeUndefined();
    expect(one.whole).toEqual(whole);
    expect(await programs.verify(folder)).toMatchObject({ code: 0 });
    expect(await programs.dump(set.hosts, folder)).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(whole));
    expect(readdirSync(folder)).toHaveLength(6);
  });

  it('keep the newest whole one when there is no room for the next', async () => {
    const one = copy();
    const { folder, whole } = one;
    expect((await programs.dump(set.hosts, folder, { fileLimit: 4 })).code).not.toBe(0);
    expect(one.whole).toEqual(whole);
  });
});

/** The counts of a dump: collection, least and most documents. */
function linesOf(dump: DumpCopy): string[][] {
  const lines = dump.read('documents').trimEnd().split('\n').toSorted();
  return lines.map((line) => line.split('\t'));
}
