import { afterAll, beforeAll, expect, test } from 'vitest';
import { KindGround } from './ground.ts';

let ground: KindGround;

beforeAll(async () => {
  ground = await KindGround.connect();
});
afterAll(() => ground?.end());

test("kind's network plugin enforces the policies: restaurants reaches MongoDB, whoami does not", async () => {
  const mongo = (await ground.pods()).find(({ metadata }) => metadata.name === 'mongo-0');
  expect(await ground.connects('restaurants', mongo, 27017)).toBe(true);
  expect(await ground.connects('whoami', mongo, 27017)).toBe(false);
});
