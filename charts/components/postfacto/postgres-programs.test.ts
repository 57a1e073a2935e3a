import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DumpCopy, processesOf } from '../../../test/databases/dump-copy.ts';
import { findNextPostgres, findPostgres, type PostgresPrograms } from '../../../test/databases/postgres.ts';
import { PostgresServer } from './postgres-programs.testing.ts';

const found = await findPostgres().catch((error: Error) => error.message);
const missing = typeof found === 'string' ? found : '';

const RUNBOOK = join(import.meta.dirname, '..', '..', '..', 'docs', 'runbooks', 'restore-postfacto.md');
const RUNBOOK_TEXT = readFileSync(RUNBOOK, 'utf8');
/** The section that moves a database. */
const [, MOVE = ''] = RUNBOOK_TEXT.split('## Move to a managed database');

/** Rows before the dump. */
const RETROS = 20_000;

describe.skipIf(missing !== '')(`programs of a rendered PostgreSQL${missing && `, skipped: ${missing}`}`, () => {
  let server: PostgresServer;
  /** A folder with a dump that was taken while others wrote. */
  let taken: string;

  beforeAll(async () => {
    if (typeof found === 'string') return;
    server = new PostgresServer(found);
    await server.start();
    expect(await server.reconcile()).toMatchObject({ code: 0 });
    await server.query(SCHEMA);
    taken = server.volume();
    const { code, output } = await whileWriting(async () => server.dump(taken));
    expect(code, output).toBe(0);
  });

  afterAll(async () => {
    await server?.stop();
    if (typeof found !== 'string') found.remove();
  });

  /** Inserts and deletes for as long as some work takes. */
  async function whileWriting<T>(work: () => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const writing = (async () => {
      for (let round = 1; !stop.signal.aborted; round++)
        await server.query(
          `INSERT INTO retros (name) SELECT 'more' FROM generate_series(1, 50); DELETE FROM retros WHERE id <= ${5 * round}`,
        );
    })();
    try {
      return await work();
    } finally {
      stop.abort();
      await writing;
    }
  }

  /** A copy of the dump in a folder of its own. */
  const copy = (): DumpCopy => new DumpCopy(server.volume(taken));

  it('reconcile roles and the database again without a change', async () => {
    const { code, output } = await server.reconcile();
    expect(code, output).toBe(0);
    expect(await server.query("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'postfacto'")).toBe('t|f\n');
  });

  it('admit clients with TLS, who verify the server, and nobody else from another host', async () => {
    expect(await server.connect()).toEqual({ code: 0, output: 't\n' });
    // What a client uses that says nothing of TLS, such as one of an earlier version.
    expect(await server.connect('sslmode=prefer')).toEqual({ code: 0, output: 't\n' });
    // The exporter's way, which is that of the pod itself alone.
    expect(await server.connect('sslmode=disable')).toEqual({ code: 0, output: 'f\n' });
    await server.from('192.0.2.1', async () => {
      expect((await server.connect('sslmode=disable')).output).toContain('no pg_hba.conf entry');
      expect(await server.connect()).toEqual({ code: 0, output: 't\n' });
    });
  });

  it('change the password of the application to that of the Secret', async () => {
    server.changePassword('another');
    expect(await server.connect()).toEqual({ code: 0, output: 't\n' });
    expect(await server.reconcile()).toMatchObject({ code: 0 });
    expect((await server.connect()).output).toContain('password authentication failed');
    server.changePassword('app');
    expect(await server.reconcile()).toMatchObject({ code: 0 });
    expect(await server.connect()).toEqual({ code: 0, output: 't\n' });
  });

  it('show a renewed certificate from the next dump on, and clients that do not trust it stay away', async () => {
    const before = await server.shownCertificate();
    const renewed = server.renewCertificate();
    expect(await server.shownCertificate()).toBe(before);
    expect((await server.connect()).output).toContain('certificate verify failed');
    expect(await server.dump(server.volume())).toMatchObject({ code: 0 });
    await vi.waitFor(async () => expect(await server.shownCertificate()).toBe(renewed));
    expect(await server.connect()).toEqual({ code: 0, output: 't\n' });
  });

  it('are moved to a managed one, whose role is no superuser, by the commands of the runbook', async () => {
    const [, dump = ''] = / -- (pg_dump [^]*?)\n *kubectl/.exec(MOVE) ?? [];
    const [, restore = ''] = /bash -c '(pg_restore [^]*?)'\n/.exec(MOVE) ?? [];
    await server.query('CREATE ROLE app LOGIN CREATEROLE');
    await server.query('CREATE DATABASE app OWNER app');
    // As the migrations have left it.
    await server.query('SET ROLE app; CREATE TABLE retros (id serial PRIMARY KEY, name text)', 'app');
    const folder = server.volume();
    expect(await server.command(dump, folder, 'app')).toEqual({ code: 0, output: '' });
    expect(await server.command(restore, folder, 'app')).toEqual({ code: 0, output: '' });
    const retros = 'SELECT count(*) > 0, max(id) FROM retros';
    expect(await server.query(retros, 'app')).toBe(await server.query(retros));
    expect(await server.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", 'app')).toBe(
      'app\n',
    );
  });

  it('come back in a server of the next major version, by the runbook’s pg_restore', async () => {
    const next = await findNextPostgres(found as PostgresPrograms);
    const newer = new PostgresServer(next);
    try {
      await newer.start();
      expect(await newer.query('SHOW server_version', 'postgres')).toMatch(/^18\./);
      expect(await newer.reconcile()).toMatchObject({ code: 0 });
      // As the migrations have made it meanwhile.
      await newer.query(SCHEMA);
      const dump = copy().whole.find((name) => name.endsWith('.dump'));
      const [, restore = ''] = / -- (pg_restore [^]*?)\n *kubectl/.exec(RUNBOOK_TEXT) ?? [];
      const line = restore.replaceAll('\\\n', '').replace('/dump/restore.dump', `/dump/${dump}`);
      expect(await newer.command(line, taken, 'postfacto')).toEqual({ code: 0, output: '' });
      expect(await newer.verify(taken)).toMatchObject({ code: 0 });
      // What was written while it was dumped is there in part; the schema's own rows would begin with the first.
      expect(await newer.query("SELECT count(*) > 0 FROM retros WHERE name = 'more'")).toBe('t\n');
    } finally {
      await newer.stop();
      next.remove();
    }
  });

  it('dump with a checksum, and the rows of each table, beside it', () => {
    const one = copy();
    expect(one.whole).toHaveLength(3);
    one.check();
    const lines = one.read('rows').trimEnd().split('\n');
    expect(lines.slice(0, -1)).toEqual([
      '"Odd schema"."Odd ""table"""\t1',
      'public.empty\t0',
      'public.parent\t1',
      'public.parent_1\t2',
      'public.parted_1\t1',
    ]);
    expect(lines.at(-1)).toMatch(/^public\.retros\t\d+$/);
  });

  it('verify a dump that was taken while others wrote', async () => {
    const { folder, whole } = copy();
    const { code, output } = await server.verify(folder);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^\d{8}T\d{6}Z\.dump is \d+ s old\nverified: 6 tables have the rows that were counted\n$/);
    expect(readdirSync(folder)).toEqual(whole);
  });

  it.each<[string, (dump: DumpCopy) => void, RegExp]>([
    ['no dump', (dump) => dump.remove('dump'), /^failed: there is no dump\n$/],
    ['no checksum', (dump) => dump.remove('sha256'), /\.sha256 is missing/],
    ['no counts', (dump) => dump.remove('rows'), /\.rows is missing/],
    ['a truncated dump', (dump) => dump.truncate('dump', 12_000), /\.dump is not the file that was written/],
    [
      'a dump that was truncated before its checksum was made',
      (dump) => {
        dump.truncate('dump', 12_000);
        dump.sumAnew('dump');
      },
      /^failed: .*\.dump cannot be restored: pg_restore: error: /m,
    ],
    [
      'another number of rows than was counted',
      (dump) => dump.edit('rows', /^(public\.parent)\t1$/m, '$1\t2'),
      /^failed: public\.parent: 2 rows counted, 1 restored\n$/m,
    ],
    [
      'a table less than was counted, and one more',
      (dump) => dump.edit('rows', /^public\.empty\t/m, 'public.emptied\t'),
      /^failed: public\.emptied: 0 rows counted, none restored; public\.empty: none rows counted, 0 restored\n$/m,
    ],
  ])('do not verify a dump with %s', async (_, damage, message) => {
    const one = copy();
    damage(one);
    const { whole } = one;
    const { code, output } = await server.verify(one.folder);
    expect(output).toMatch(message);
    expect(code).toBe(1);
    expect(readdirSync(one.folder)).toEqual(whole);
  });

  it('leave neither server nor data when a verification is ended', async () => {
    const { folder, whole } = copy();
    const ended = server.verify(folder);
    while (processesOf(new RegExp(`postgres -D ${folder}`)).length === 0) await sleep(20);
    process.kill(processesOf(new RegExp(`bash -c.*${folder}`))[0]!, 'SIGTERM');
    expect((await ended).code).not.toBe(0);
    expect(processesOf(new RegExp(folder))).toEqual([]);
    expect(readdirSync(folder)).toEqual(whole);
  });

  it('keep the newest whole dump when the next is killed, and two of them afterwards', async () => {
    const one = copy();
    const { folder, whole } = one;
    const killed = new AbortController();
    const pgDump = 'head -c 5000 /dev/zero >dump.partial; sleep 60';
    const next = server.dump(folder, { pgDump, signal: killed.signal });
    while (!existsSync(join(folder, 'dump.partial'))) await sleep(20);
    killed.abort();
    expect((await next).code).toBeUndefined();
    expect(one.whole).toEqual(whole);
    expect(await server.verify(folder)).toMatchObject({ code: 0 });
    expect(await server.dump(folder)).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(whole));
    expect(readdirSync(folder)).toHaveLength(6);
  });

  it.each([
    ['there is no room for the next', { fileLimit: 4 }],
    ['pg_dump fails', { pgDump: 'head -c 5000 /dev/zero >dump.partial; exit 1' }],
  ])('keep the newest whole dump when %s', async (_, way) => {
    const one = copy();
    const { folder, whole } = one;
    expect((await server.dump(folder, way)).code).not.toBe(0);
    expect(one.whole).toEqual(whole);
  });
});

const SCHEMA = `
  SET ROLE postfacto;
  CREATE TABLE retros (id serial PRIMARY KEY, name text NOT NULL);
  INSERT INTO retros (name) SELECT md5(n::text) FROM generate_series(1, ${RETROS}) AS n;
  CREATE TABLE empty (id int);
  CREATE TABLE parent (id int);
  CREATE TABLE parent_1 () INHERITS (parent);
  INSERT INTO parent VALUES (1);
  INSERT INTO parent_1 VALUES (1), (2);
  CREATE TABLE parted (id int) PARTITION BY RANGE (id);
  CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (9);
  INSERT INTO parted VALUES (3);
  CREATE VIEW names AS SELECT name FROM retros;
  CREATE SCHEMA "Odd schema";
  CREATE TABLE "Odd schema"."Odd ""table""" (id int);
  INSERT INTO "Odd schema"."Odd ""table""" VALUES (1);
`;
