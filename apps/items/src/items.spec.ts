import { randomUUID } from 'node:crypto';
import { type RunningService, startService } from '@slipway/common/testing';
import {
  describeWithDatabase,
  describeWithReplicaSet,
  type TestDatabase,
  withDatabase,
} from '@slipway/common/mongo/testing';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { itemsModule } from './items.module.ts';
import type { ItemPage, ItemView } from './items/item.dto.ts';
import { migrations } from './migrations/migrations.ts';
import { service } from './service.ts';

describeWithDatabase('items API', (fresh) => {
  let running: RunningService;
  let database: TestDatabase;
  // One service for all of them: its start takes longer than most of these tests.
  beforeAll(async () => {
    database = fresh();
    running = await startService(itemsModule, service, { MONGODB_URI: database.uri });
    await running.ready();
  });
  afterEach(() => database.db.collection('items').deleteMany());
  afterAll(() => running.close());

  it('GET / answers name and version', async () => {
    expect((await request(running.server).get('/').expect(200)).body).toEqual({
      name: 'items',
      version: service.version,
    });
    expect(service.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('GET /health answers 200 with the database up', async () => {
    expect((await request(running.server).get('/health').expect(200)).body).toEqual({
      status: 'up',
      version: service.version,
    });
  });

  it('GET /item answers an empty list at first', async () => {
    expect((await request(running.server).get('/item').expect(200)).body).toEqual({ items: [], next: null });
  });

  it('POST /item answers 201, and GET /item lists items newest first, in pages', async () => {
    for (const name of ['a', 'b', 'c']) {
      const { body } = await request(running.server)
        .post('/item')
        .send({ name, description: `item ${name}` })
        .expect(201);
      expect(body).toMatchObject({
        name,
        description: `item ${name}`,
        id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      });
      expect(Date.parse((body as ItemView).createdAt)).not.toBeNaN();
    }
    const first = (await request(running.server).get('/item?limit=2').expect(200)).body as ItemPage;
    expect(first.items.map(({ name }) => name)).toEqual(['c', 'b']);
    const second = (await request(running.server).get('/item').query({ limit: 2, after: first.next }).expect(200))
      .body as ItemPage;
    expect(second).toMatchObject({ items: [{ name: 'a' }], next: null });
  });

  it('POST /item answers without description if none was given', async () => {
    const { body } = await request(running.server).post('/item').send({ name: 'bare' }).expect(201);
    expect(Object.keys(body as ItemView).sort()).toEqual(['createdAt', 'id', 'name']);
  });

  it('POST /item answers 409 for a duplicate name', async () => {
    await request(running.server).post('/item').send({ name: 'tea' }).expect(201);
    const { body } = await request(running.server).post('/item').send({ name: ' tea ' }).expect(409);
    expect(body).toMatchObject({ status: 409, detail: 'An item named "tea" already exists' });
  });

  it.each([
    [{}, 'body.name'],
    [{ name: 7 }, 'body.name'],
    [{ name: '' }, 'body.name'],
    [{ name: 'a\nb' }, 'body.name'],
    [{ name: 'x'.repeat(201) }, 'body.name'],
    [{ name: 'a', description: 'x'.repeat(2001) }, 'body.description'],
    [{ name: 'a', price: 1 }, 'body.price'],
  ])('POST /item answers 400 for %j', async (input, field) => {
    const { body } = await request(running.server).post('/item').send(input).expect(400);
    expect(body).toMatchObject({ errors: [{ field }] });
  });

  it.each([
    ['limit', '0'],
    ['limit', 'ten'],
    ['after', 'x'],
    ['page', '2'],
  ])('GET /item answers 400 for %s=%s', async (name, value) => {
    const { body } = await request(running.server)
      .get('/item')
      .query({ [name]: value })
      .expect(400);
    expect(body).toMatchObject({ errors: [{ field: `query.${name}` }] });
  });

  it('migrates once when five replicas start together', async () => {
    const { uri, db } = fresh();
    const replicas = await Promise.all(
      Array.from({ length: 5 }, () => startService(itemsModule, service, { MONGODB_URI: uri })),
    );
    try {
      await Promise.all(replicas.map((replica) => replica.ready()));
      const applied = await db.collection<{ _id: number }>('migrations').find().sort({ _id: 1 }).toArray();
      expect(applied.map(({ _id }) => _id)).toEqual(migrations.map(({ version }) => version));
      const logged = replicas.flatMap(({ lines }) => lines.filter((line) => /"message":"migration \d/.test(line)));
      expect(logged).toHaveLength(migrations.length);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });

  it('has idempotent migrations', async () => {
    const signal = new AbortController().signal;
    await request(running.server).post('/item').send({ name: 'kept' }).expect(201);
    for (const migration of migrations) await migration.up(database.db, signal);
    expect(await database.db.collection('items').countDocuments()).toBe(1);
    const indexes = await database.db.collection('items').indexes();
    expect(indexes.filter(({ unique }) => unique).map(({ key }) => key)).toEqual([{ name: 1 }]);
  });
});

describeWithReplicaSet('items API without a database', (startSet) => {
  it('GET /livez answers 200, /readyz and /health 503; migrates once the database is up', async () => {
    const set = await startSet(1);
    await set.down(0);
    const running = await startService(itemsModule, service, { MONGODB_URI: withDatabase(set.uri, 'items') });
    try {
      await request(running.server).get('/livez').expect(200);
      await request(running.server).get('/readyz').expect(503);
      expect((await request(running.server).get('/health').expect(503)).body).toEqual({
        status: 'down',
        version: service.version,
      });
      await request(running.server).get('/').expect(200);
      await request(running.server).post('/item').send({ name: 'x' }).expect(503);
      await set.up(0);
      await running.ready();
      await request(running.server).post('/item').send({ name: 'x' }).expect(201);
    } finally {
      await running.close();
    }
  });
});

describeWithReplicaSet('items API without a primary', (startSet) => {
  it(
    'answers 503 at once when an election would be over, and is well again with a majority',
    { timeout: 90_000 },
    async () => {
      const set = await startSet(3);
      // The time of an election of these members, half of the default.
      const uri = withDatabase(`${set.uri}&serverSelectionTimeoutMS=6000`, 'items');
      const running = await startService(itemsModule, service, { MONGODB_URI: uri });
      const answer = async (method: 'get' | 'post', path: string) => {
        const start = performance.now();
        const sent = request(running.server)[method](path);
        const { status, body } = await (method === 'post' ? sent.send({ name: randomUUID() }) : sent);
        return { status, body: body as unknown, milliseconds: performance.now() - start };
      };
      try {
        await running.ready();
        expect(await answer('post', '/item')).toMatchObject({ status: 201 });
        await set.down(0);
        await set.down(1);
        // One member is left, and no majority. It is ready while it may be an election, and does not let anybody wait after that.
        expect(await answer('get', '/readyz')).toMatchObject({ status: 200, body: { status: 'up' } });
        await vi.waitFor(
          async () =>
            expect(await answer('get', '/readyz')).toMatchObject({ status: 200, body: { status: 'degraded' } }),
          { timeout: 30_000, interval: 200 },
        );
        expect(await answer('get', '/health')).toMatchObject({ status: 503, body: { status: 'down' } });
        for (const asked of [await answer('post', '/item'), await answer('get', '/item')]) {
          expect(asked).toMatchObject({ status: 503, body: { title: 'Service Unavailable' } });
          expect(asked.milliseconds).toBeLessThan(1_000);
        }
        await set.down(2);
        await vi.waitFor(async () => expect((await answer('get', '/readyz')).status).toBe(503), 15_000);
        const alone = await answer('post', '/item');
        expect(alone.status).toBe(503);
        expect(alone.milliseconds).toBeLessThan(100);
        await Promise.all([0, 1, 2].map((member) => set.up(member)));
        await set.elect(0);
        await vi.waitFor(async () => expect((await answer('post', '/item')).status).toBe(201), 30_000);
        expect(await answer('get', '/readyz')).toMatchObject({ status: 200, body: { status: 'up' } });
        expect(running.lines.join('')).toContain('no primary for longer than an election takes');
      } finally {
        await running.close();
      }
    },
  );
});
