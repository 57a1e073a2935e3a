import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { type RunningService, startService } from '@slipway/common/testing';
import { describeWithDatabase, type TestDatabase } from '@slipway/common/mongo/testing';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restaurantInput, type RestaurantPage, type RestaurantView } from './restaurants/restaurant.dto.ts';
import { type Restaurant, searchKey } from './restaurants/restaurant.schema.ts';
import { restaurantsModule } from './restaurants/restaurants.module.ts';
import { service } from './service.ts';

const PROGRAM = resolve(import.meta.dirname, '../../compose/seed-restaurants.mjs');
const COUNT = 400;

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs the program as compose does. */
function seed(MONGODB_URI: string): Promise<Ended> {
  return new Promise((ended) => {
    const child = execFile(process.execPath, [PROGRAM], { env: { MONGODB_URI } }, (_, stdout, stderr) =>
      ended({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

const said = (added: number, there: number, changed = 0, taken = 0): Ended => ({
  code: 0,
  output: `restaurants: ${added} added; ${there} were there, of them ${changed} changed since; ${taken} not added, since another one has their name and address\n`,
});

const stored = ({ db }: TestDatabase): Promise<Restaurant[]> =>
  db.collection<Restaurant>('restaurants').find().sort({ _id: 1 }).toArray();

describeWithDatabase('the seed of restaurants', (fresh) => {
  let database: TestDatabase;
  let running: RunningService;
  beforeEach(async () => {
    database = fresh();
    running = await startService(restaurantsModule, service, { MONGODB_URI: database.uri });
    await running.ready();
  });
  afterEach(() => running.close());

  it('adds what the service would have stored, the same to every database', async () => {
    expect(await seed(database.uri)).toEqual(said(COUNT, 0));
    const all = await stored(database);
    expect(all).toHaveLength(COUNT);
    for (const { name, cuisine, address, rating, keys } of all) {
      const input = { name, cuisine, address, rating };
      expect(restaurantInput.parse(input)).toEqual(input);
      const { city, street, postalCode } = address;
      expect(keys).toEqual({
        name: searchKey(name),
        city: searchKey(city),
        street: searchKey(street),
        postalCode: searchKey(postalCode),
      });
    }
    const other = fresh();
    await seed(other.uri);
    expect(await stored(other)).toEqual(all);
  });

  it('has enough of everything for pages, filters and sort orders', async () => {
    await seed(database.uri);
    const page = async (query: object): Promise<RestaurantPage> =>
      (await request(running.server).get('/restaurants').query(query).expect(200)).body as RestaurantPage;
    expect((await page({ limit: 100 })).next).not.toBeNull();
    expect((await page({ city: 'Göteborg', limit: 5 })).next).not.toBeNull();
    expect((await page({ cuisine: 'vietnamese', limit: 5 })).next).not.toBeNull();
    expect((await page({ minRating: 5, limit: 5 })).next).not.toBeNull();
    expect((await page({ sort: 'rating' })).items[0]?.rating).toBeLessThan(3);
  });

  it('changes nothing the second time', async () => {
    await seed(database.uri);
    const before = await stored(database);
    expect(await seed(database.uri)).toEqual(said(0, COUNT));
    expect(await stored(database)).toEqual(before);
  });

  it('leaves alone what was changed or added, and adds what was deleted', async () => {
    await seed(database.uri);
    const [changed, deleted] = await stored(database);
    const input = { ...restaurantInput.parse(inputOf(changed!)), name: 'Renamed', rating: 1 };
    const { body } = await request(running.server).put(pathOf(changed!)).send(input).expect(200);
    await request(running.server)
      .post('/restaurants')
      .send({ ...input, name: 'Own' })
      .expect(201);
    await request(running.server).delete(pathOf(deleted!)).expect(204);
    expect(await seed(database.uri)).toEqual(said(1, COUNT - 1, 1));
    expect(await stored(database)).toHaveLength(COUNT + 1);
    const view = await request(running.server).get(pathOf(changed!)).expect(200);
    expect(view.body as RestaurantView).toEqual(body);
  });

  it('adds none that another one has the name and address of', async () => {
    await seed(database.uri);
    const [first] = await stored(database);
    await request(running.server).delete(pathOf(first!)).expect(204);
    await request(running.server).post('/restaurants').send(inputOf(first!)).expect(201);
    expect(await seed(database.uri)).toEqual(said(0, COUNT - 1, 0, 1));
    expect(await stored(database)).toHaveLength(COUNT);
  });

  it('adds each once, if it runs twice at the same time', async () => {
    const runs = await Promise.all([seed(database.uri), seed(database.uri)]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const added = runs.map(({ output }) => Number(/ (\d+) added/.exec(output)?.[1]));
    expect(added[0]! + added[1]!).toBe(COUNT);
    expect(await stored(database)).toHaveLength(COUNT);
  });
});

describe('the seed of restaurants', () => {
  it.each(['', 'mongodb://127.0.0.1/?replicaSet=rs0'])('refuses the connection string "%s"', async (uri) => {
    expect(await seed(uri)).toEqual({
      code: 2,
      output:
        'MONGODB_URI must be a connection string with the name of the database, such as mongodb://127.0.0.1/restaurants\n',
    });
  });

  it('fails without the password, if there is no server', async () => {
    const { code, output } = await seed(
      'mongodb://root:secret@127.0.0.1:9/restaurants?serverSelectionTimeoutMS=300&authSource=admin',
    );
    expect(code).toBe(1);
    expect(output).toMatch(/^restaurants were not seeded: .*ECONNREFUSED/);
    expect(output).not.toContain('secret');
  });
});

function inputOf({ name, cuisine, address, rating }: Restaurant): object {
  return { name, cuisine, address, rating };
}

function pathOf({ _id }: Restaurant): string {
  return `/restaurants/${_id.toHexString()}`;
}
