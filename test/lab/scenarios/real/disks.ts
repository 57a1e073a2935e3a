import { statfs } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { textAt } from '../../../../charts/lib/manifest.ts';
import { amountOf } from '../../../lib/quantity.ts';
import type { RealGround } from './real-ground.ts';
import { nameOf } from './ground.ts';

/** Disks that grow under their pods. */
export function testDisks(ground: () => RealGround): void {
  test('a larger size in the cluster file grows the file system under the running pod', async () => {
    const [claim, pod] = [
      '/api/v1/namespaces/object-store/persistentvolumeclaims/data-object-store-0',
      'object-store-0',
    ];
    const path = `/api/v1/namespaces/object-store/pods/${pod}`;
    const before = await ground().api.get(path);
    expect(await sizeOf(pod)).toBeLessThanOrEqual(amountOf('1Gi'));
    await ground().push('Grow the object store', (checkout) =>
      checkout.edit('clusters/test-metal/cluster.ts', (text) => text.replace("size: '1Gi'", "size: '2Gi'")),
    );
    await ground().until(
      'the claim has 2Gi',
      async () => textAt(await ground().api.get(claim), 'status', 'capacity', 'storage') === '2Gi',
      120,
    );
    expect(await sizeOf(pod)).toBeGreaterThan(amountOf('1.8Gi'));
    await ground().settled();
    const after = await ground().api.get(path);
    expect(after?.metadata.uid, nameOf(after!)).toBe(before?.metadata.uid);
  });

  /** Bytes of the file system that a pod has its data on. */
  async function sizeOf(pod: string): Promise<number> {
    const container = (await ground().containers()).find((one) => one.pod.metadata.name === pod);
    const { blocks, bsize } = await statfs(`/proc/${container?.pid}/root/data`);
    return blocks * bsize;
  }
}
