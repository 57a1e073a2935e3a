import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../../charts/lib/manifest.ts';
import { LAB_MANAGER } from '../../control-plane.ts';
import { PAUSE_IMAGE } from '../../real/containerd.ts';
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
  test('a pod whose images are pinned by digest runs with those that the lab makes', async () => {
    const image = `${PAUSE_IMAGE}@sha256:${'0'.repeat(64)}`;
    const metadata = { name: 'pinned', namespace: 'default' };
    const spec = {
      automountServiceAccountToken: false,
      // A sidecar: an init container that goes on running.
      initContainers: [{ name: 'first', image, restartPolicy: 'Always' }],
      containers: [
        { name: 'second', image },
        { name: 'third', image: PAUSE_IMAGE },
      ],
    };
    const { api } = ground;
    await api.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, { manager: LAB_MANAGER });
    const path = '/api/v1/namespaces/default/pods/pinned';
    const running = async () => textAt((await api.get(path)) ?? {}, 'status', 'phase') === 'Running';
    await ground.until('the pod runs', running, 60);
    expect(JSON.stringify((await api.get(path))?.['spec'])).not.toContain('@sha256');
    await api.call('DELETE', path);
  });
  describe('names and certificates', () => testNames(() => ground));
  describe('requests', () => testRequests(() => ground));
  describe('reach', () => testReach(() => ground));
  describe('disks', () => testDisks(() => ground));
  describe('permissions', () => testPermissions(() => ground.rehearsal));
});
