import { afterAll, beforeAll, describe } from 'vitest';
import { testPermissions } from '../order.ts';
import { testChanges } from './changes.ts';
import { testData } from './data.ts';
import { testFaults } from './faults.ts';
import { testReach } from './reach.ts';
import { kindCluster, RealGround } from './real-ground.ts';
import { testRequests } from './requests.ts';
import { testRunning } from './running.ts';

const cluster = await kindCluster();
let ground: RealGround;

describe.skipIf(cluster === undefined)(`${cluster ?? 'no cluster on kind'} on real nodes`, () => {
  beforeAll(async () => {
    ground = await RealGround.up(cluster!);
  });
  afterAll(() => ground?.rehearsal.end());

  // In this order: what comes later changes the cluster.
  describe('pods', () => testRunning(() => ground));
  describe('requests', () => testRequests(() => ground));
  describe('reach', () => testReach(() => ground));
  describe('changes', () => testChanges(() => ground));
  describe('data', () => testData(() => ground));
  describe('faults', () => testFaults(() => ground));
  describe('permissions', () => testPermissions(() => ground.rehearsal));
});
