import { fuzz, type RunningService, startService } from '@slipway/common/testing';
import { describeWithDatabase } from '@slipway/common/mongo/testing';
import request from 'supertest';
import { afterAll, beforeAll, it } from 'vitest';
import { restaurantsModule } from './restaurants/restaurants.module.ts';
import { service } from './service.ts';

const bodies = ['a', 'b'].map((name) => ({
  name,
  cuisine: 'thai',
  address: { street: 'S 1', city: 'C', postalCode: '1' },
  rating: 4.5,
}));

describeWithDatabase('restaurants API', (fresh) => {
  let running: RunningService;
  const ids: string[] = [];
  let next = '';
  beforeAll(async () => {
    running = await startService(restaurantsModule, service, { MONGODB_URI: fresh().uri });
    await running.ready();
    for (const body of bodies)
      ids.push(((await request(running.server).post('/restaurants').send(body).expect(201)).body as { id: string }).id);
    next = ((await request(running.server).get('/restaurants?limit=1').expect(200)).body as { next: string }).next;
  });
  afterAll(() => running.close());

  it('answers no fuzzed request with 5xx', { timeout: 600_000 }, async () => {
    await fuzz(running.port, {
      paths: ['/restaurants', '/restaurants/:id', '/livez', '/readyz', '/metrics', '/openapi.json'],
      parameters: [...ids, '65f0c0ffee0000000000beef', 'xyz'],
      query: {
        name: ['a', '('],
        cuisine: ['thai'],
        city: ['c'],
        minRating: ['3', '4.5'],
        sort: ['name', '-name', 'rating', '-createdAt'],
        limit: ['1', '100'],
        after: [next],
      },
      bodies,
    });
  });
});
