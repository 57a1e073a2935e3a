import { afterAll, beforeAll, describe } from 'vitest';
import { testOrder, testPermissions } from '../order.ts';
import { testDisks } from './disks.ts';
import { RealGround } from './real-ground.ts';
import { testNames } from './names.ts';
import { testReach } from './reach.ts';
import { testRequests } from './requests.ts';
import { testRunning } from './running.ts';

const CLUSTER = 'test-metal';

describe(`${CLUSTER} on real nodes`, () => {
  let ground: RealGround;

  beforeAll(async () => {
    ground = await RealGround.up(CLUSTER, 'test');
  });
  afterAll(() => ground?.rehearsal.end());

  // Without the test that nothing is tried again: policies let a new pod of a webhook through some time after it is ready.
  describe('order', () => testOrder(() => ground.rehearsal));
  describe('pods', () => testRunning(() => ground));
  describe('names and certificates', () => testNames(() => ground));
  describe('requests', () => testRequests(() => ground));
  describe('reach', () => testReach(() => ground));
  describe('disks', () => testDisks(() => ground));
  describe('permissions', () => testPermissions(() => ground.rehearsal));
});
