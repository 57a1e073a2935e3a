import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testChanges } from '../lab/scenarios/real/changes.ts';
import { testFaults } from '../lab/scenarios/real/faults.ts';
import { testRequests } from '../lab/scenarios/real/requests.ts';
import { testRunning } from '../lab/scenarios/real/running.ts';
import { KindGround } from './ground.ts';

let ground: KindGround;

beforeAll(async () => {
  ground = await KindGround.connect();
});
afterAll(() => ground?.end());

describe('reach', () =>
  test("kind's network plugin enforces the policies: restaurants reaches MongoDB, whoami does not", async () => {
    const mongo = (await ground.pods()).find(({ metadata }) => metadata.name === 'mongo-0');
    expect(await ground.connects('restaurants', mongo, 27017)).toBe(true);
    expect(await ground.connects('whoami', mongo, 27017)).toBe(false);
  }));

// In this order: what comes later changes the cluster. The sweep of all connections is left out, since it enters the
// pods' networks from this machine.
describe('pods', () => testRunning(() => ground));
describe('requests', () => testRequests(() => ground));
describe('changes', () => testChanges(() => ground));
describe('faults', () => testFaults(() => ground));
