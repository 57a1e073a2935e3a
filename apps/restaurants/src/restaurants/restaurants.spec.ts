import { type RunningService, sendRaw, bytesOf, startService } from '@slipway/common/testing';
import { describeWithDatabase, describeWithReplicaSet, withDatabase } from '@slipway/common/mongo/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../service.ts';
import type { RestaurantInput, RestaurantPage, RestaurantView } from './restaurant.dto.ts';
import { restaurantsModule } from './restaurants.module.ts';

const UNKNOWN = '65f0c0ffee0000000000beef';

function restaurant(changes: Partial<RestaurantInput> = {}): RestaurantInput {
  return {
    name: 'Chez Léon',
    cuisine: 'belgian',
    address: { street: 'Rue des Bouchers 18', city: 'Brussels', postalCode: '1000' },
    rating: 4.5,
    ...changes,
  };
}

async function start(uri: string): Promise<RunningService> {
  const running = await startService(restaurantsModule, service, { MONGODB_URI: uri });
  await running.ready();
  return running;
}

describeWithDatabase('restaurants API', (fresh) => {
  let running: RunningService;
  let database: ReturnType<typeof fresh>;
  // One service for all of them: its start takes longer than most of these tests.
  beforeAll(async () => {
    database = fresh();
    running = await start(database.uri);
  });
  afterEach(() => database.db.collection('restaurants').deleteMany());
  afterAll(() => running.close());

  const add = async (...inputs: readonly RestaurantInput[]): Promise<RestaurantView[]> => {
    const added: RestaurantView[] = [];
    for (const input of inputs)
      added.push((await request(running.server).post('/restaurants').send(input).expect(201)).body as RestaurantView);
    return added;
  };
  const names = async (query: Readonly<Record<string, string | number>>): Promise<string[]> => {
    const { body } = await request(running.server).get('/restaurants').query(query).expect(200);
    return (body as RestaurantPage).items.map(({ name }) => name);
  };

  it('GET /restaurants answers an empty list at first', async () => {
    const { body } = await request(running.server).get('/restaurants').expect(200);
    expect(body).toEqual({ items: [], next: null });
  });

  it('POST, GET, PUT and DELETE create, read, replace and delete a restaurant', async () => {
    const created = await request(running.server).post('/restaurants').send(restaurant()).expect(201);
    const { id, createdAt, updatedAt } = created.body as RestaurantView;
    expect(created.headers['location']).toBe(`/restaurants/${id}`);
    expect(created.body).toEqual({ id, ...restaurant(), createdAt, updatedAt });
    expect((await request(running.server).get(`/restaurants/${id}`).expect(200)).body).toEqual(created.body);

    const other = restaurant({ name: 'Chez Louis', rating: 3 });
    const replaced = await request(running.server).put(`/restaurants/${id}`).send(other).expect(200);
    expect(replaced.body).toMatchObject({ id, ...other, createdAt });
    expect(Date.parse((replaced.body as RestaurantView).updatedAt)).toBeGreaterThanOrEqual(Date.parse(updatedAt));
    expect(await names({ name: 'chez lou' })).toEqual(['Chez Louis']);

    await request(running.server).delete(`/restaurants/${id.toUpperCase()}`).expect(204);
    await request(running.server).get(`/restaurants/${id}`).expect(404);
  });

  it.each([
    ['GET', 'get'],
    ['PUT', 'put'],
    ['DELETE', 'delete'],
  ] as const)('%s /restaurants/:id answers 404 for an unknown id and 400 for a malformed one', async (_, method) => {
    const unknown = await request(running.server)
      [method](`/restaurants/${UNKNOWN}`)
      .send(method === 'put' ? restaurant() : undefined)
      .expect(404);
    expect(unknown.headers['content-type']).toContain('application/problem+json');
    expect(unknown.body).toMatchObject({ status: 404, detail: `There is no restaurant ${UNKNOWN}` });
    const malformed = await request(running.server)
      [method]('/restaurants/1')
      .send(method === 'put' ? restaurant() : undefined)
      .expect(400);
    expect(malformed.body).toMatchObject({
      status: 400,
      errors: [{ field: 'path.id', detail: 'must be 24 hexadecimal digits' }],
    });
  });

  it('POST and PUT answer 409 for a duplicate name and address, whatever the case', async () => {
    const [first, second] = await add(restaurant(), restaurant({ name: 'Other' }));
    const duplicate = await request(running.server)
      .post('/restaurants')
      .send(restaurant({ name: 'CHEZ  léon' }))
      .expect(409);
    expect(duplicate.body).toMatchObject({ detail: 'A restaurant with this name and address already exists' });
    await request(running.server).put(`/restaurants/${second?.id}`).send(restaurant()).expect(409);
    await request(running.server)
      .put(`/restaurants/${first?.id}`)
      .send(restaurant({ rating: 1 }))
      .expect(200);
  });

  it('POST /restaurants answers 400 naming every invalid field', async () => {
    const { body } = await request(running.server)
      .post('/restaurants')
      .send({ name: ' ', cuisine: 'x'.repeat(61), address: { street: 'a\nb', city: 7 }, rating: 4.3, owner: 'me' })
      .expect(400);
    expect((body as { errors: { field: string }[] }).errors.map(({ field }) => field).sort()).toEqual([
      'body.address.city',
      'body.address.postalCode',
      'body.address.street',
      'body.cuisine',
      'body.name',
      'body.owner',
      'body.rating',
    ]);
  });

  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1.5'],
    ['sort', 'id'],
    ['minRating', '6'],
    ['minRating', 'NaN'],
    ['name', ''],
    ['after', 'x'],
    ['colour', 'red'],
    ['name[$gt]', ''],
  ])('GET /restaurants answers 400 for %s=%s', async (name, value) => {
    const { body } = await request(running.server)
      .get('/restaurants')
      .query({ [name]: value })
      .expect(400);
    expect((body as { errors: { field: string }[] }).errors[0]?.field).toMatch(
      new RegExp(`^query\\.${name.replace(/\[.*/, '')}`),
    );
  });

  it('GET /restaurants filters by prefix of the name, cuisine, city and rating', async () => {
    await add(
      restaurant({ name: 'Anna', cuisine: 'Thai', rating: 2 }),
      restaurant({ name: 'anton', cuisine: 'thai', rating: 4 }),
      restaurant({ name: 'Bert (new)', rating: 5, address: { street: 'a', city: 'Łódź', postalCode: '1' } }),
    );
    expect(await names({ name: 'AN' })).toEqual(['Anna', 'anton']);
    expect(await names({ name: 'bert (' })).toEqual(['Bert (new)']);
    expect(await names({ name: '.*' })).toEqual([]);
    expect(await names({ cuisine: 'THAI' })).toEqual(['Anna', 'anton']);
    expect(await names({ city: 'łódź' })).toEqual(['Bert (new)']);
    expect(await names({ minRating: 4 })).toEqual(['anton', 'Bert (new)']);
    expect(await names({ minRating: 3, cuisine: 'thai', name: 'a', city: 'Brussels' })).toEqual(['anton']);
  });

  it.each([
    ['name', ['a', 'b', 'c', 'd', 'e']],
    ['-name', ['e', 'd', 'c', 'b', 'a']],
    ['rating', ['b', 'd', 'a', 'c', 'e']],
    ['-rating', ['e', 'c', 'a', 'd', 'b']],
    ['createdAt', ['a', 'b', 'c', 'd', 'e']],
    ['-createdAt', ['e', 'd', 'c', 'b', 'a']],
  ])('GET /restaurants sorted by %s pages without gap or repetition', async (sort, expected) => {
    for (const [name, rating] of [
      ['a', 3],
      ['b', 1],
      ['c', 3],
      ['d', 1],
      ['e', 3],
    ] as const) {
      await add(restaurant({ name, rating }));
      // Creation times have millisecond resolution; the id breaks ties.
      if (name === 'c') await sleep(2);
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { body } = await request(running.server)
        .get('/restaurants')
        .query({ sort, limit: 2, ...(after && { after }) })
        .expect(200);
      const page = body as RestaurantPage;
      expect(page.items.length).toBeGreaterThan(0);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(expected);
  });

  it('GET /restaurants answers 400 for a cursor of another sort order', async () => {
    await add(restaurant({ name: 'a' }), restaurant({ name: 'b' }));
    const { body } = await request(running.server).get('/restaurants').query({ limit: 1 }).expect(200);
    const { next } = body as RestaurantPage;
    const refused = await request(running.server)
      .get('/restaurants')
      .query({ sort: 'rating', after: next })
      .expect(400);
    expect(refused.body).toMatchObject({ errors: [{ field: 'query.after' }] });
  });

  it('creates the declared indexes', async () => {
    const indexes = await database.db.collection('restaurants').indexes();
    expect(indexes.map(({ key }) => Object.keys(key).join(' ')).sort()).toEqual(
      [
        '_id',
        'keys.name _id',
        'rating _id',
        'createdAt _id',
        'cuisine keys.name _id',
        'keys.city keys.name _id',
        'keys.name keys.postalCode keys.street',
      ].sort(),
    );
    expect(indexes.filter(({ unique }) => unique).map(({ name }) => name)).toEqual(['name_place']);
  });

  it('GET /openapi.json has every route', async () => {
    const { body } = await request(running.server).get('/openapi.json').expect(200);
    const { paths } = body as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/restaurants', '/restaurants/{id}']));
    expect(Object.keys(paths['/restaurants/{id}'] ?? {}).sort()).toEqual(['delete', 'get', 'put']);
  });

  it('never shows the connection string in responses or logs', async () => {
    const responses = await Promise.all(
      ['/restaurants', '/readyz', '/metrics', '/openapi.json'].map((path) => request(running.server).get(path)),
    );
    const output = [...responses.map(({ text }) => text), ...running.lines].join('\n');
    expect(output).not.toContain(database.uri);
  });

  it('GET /metrics has pool and request metrics', async () => {
    const counted = async (): Promise<number> => {
      const { text } = await request(running.server).get('/metrics').expect(200);
      expect(text).toMatch(/^mongodb_pool_connections\{server="[^"]+",state="idle"\} [1-9]/m);
      const labels = 'method="GET",route="/restaurants",status="200"';
      return Number(text.split(`\nhttp_request_duration_seconds_count{${labels}} `)[1]?.split('\n')[0]);
    };
    await names({});
    const before = await counted();
    await names({});
    expect(await counted()).toBe(before + 1);
  });
});

describeWithReplicaSet('restaurants API during database outages', (startSet) => {
  it('GET /readyz answers 503 without a database; requests during a failover succeed', async () => {
    const set = await startSet(3);
    await Promise.all([0, 1, 2].map((member) => set.down(member)));
    const running = await startService(restaurantsModule, service, {
      MONGODB_URI: withDatabase(set.uri, 'restaurants'),
    });
    try {
      await request(running.server).get('/livez').expect(200);
      await request(running.server).get('/readyz').expect(503);
      const unavailable = await request(running.server).get('/restaurants').expect(503);
      expect(unavailable.body).toMatchObject({
        status: 503,
        detail: 'The database is not available yet; try again later.',
      });
      expect(unavailable.headers['retry-after']).toBe('1');

      await Promise.all([0, 1, 2].map((member) => set.up(member)));
      await set.elect(0);
      await running.ready();

      await set.elect(undefined);
      // supertest sends a request only when it is awaited.
      const post = Promise.resolve(request(running.server).post('/restaurants').send(restaurant()).expect(201));
      const list = Promise.resolve(request(running.server).get('/restaurants').expect(200));
      await request(running.server).get('/readyz').expect(200);
      await sleep(300);
      await set.elect(1);
      await Promise.all([post, list]);
      expect(
        ((await request(running.server).get('/restaurants').expect(200)).body as RestaurantPage).items,
      ).toHaveLength(1);
    } finally {
      await running.close();
    }
  });

  it('GET /restaurants answers 503 while there is no primary, and 200 when it is back', async () => {
    const set = await startSet(1);
    const running = await start(withDatabase(`${set.uri}&serverSelectionTimeoutMS=1000`, 'restaurants'));
    try {
      await set.down(0);
      // Sooner than the service aborts a slow response: the 503 is about the database.
      const unavailable = await request(running.server).get('/restaurants').timeout(10_000).expect(503);
      expect(unavailable.headers['content-type']).toContain('application/problem+json');
      await request(running.server).get('/livez').expect(200);
      await set.up(0);
      await running.ready();
      await request(running.server).get('/restaurants').expect(200);
    } finally {
      await running.close();
    }
  });
});

describe('a malformed request line', () => {
  it('is answered with 400', async () => {
    const running = await startService(restaurantsModule, service, {
      MONGODB_URI: 'mongodb://127.0.0.1:1/none?replicaSet=rs0',
    });
    try {
      const answer = await sendRaw(
        running.port,
        bytesOf({ method: 'GET', target: 'no target', headers: [], body: new Uint8Array() }),
      );
      expect(answer.status).toBe(400);
    } finally {
      await running.close();
    }
  });
});
