import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testChanges } from './changes.ts';
import { testData } from './data.ts';
import { testFaults } from './faults.ts';
import { kindCluster, RealGround } from './ground.ts';
import { testReach } from './reach.ts';
import { testRequests } from './requests.ts';
import { testRunning } from './running.ts';

/** Seconds from built programs until all is Synced and Healthy, with room for a machine that does other work as well. */
const UP_WITHIN = 240;
const cluster = await kindCluster();
let ground: RealGround;

describe.skipIf(cluster === undefined)(`${cluster ?? 'no cluster on kind'} on real nodes`, () => {
  beforeAll(async () => {
    ground = await RealGround.up(cluster!);
  });
  afterAll(() => ground?.rehearsal.end());

  test('everything is up soon', () => {
    expect(ground.seconds).toBeLessThan(UP_WITHIN);
  });

  // In this order: what comes later changes the cluster.
  describe('pods', () => testRunning(() => ground));
  describe('requests', () => testRequests(() => ground));
  describe('reach', () => testReach(() => ground));
  describe('changes', () => testChanges(() => ground));
  describe('data', () => testData(() => ground));
  describe('faults', () => testFaults(() => ground));
});
