import { expect, test } from 'vitest';
import { type Ground, hostOf, nameOf, restartsOf } from './ground.ts';

/** What happens to running processes, and that nobody has to do anything about it. */
export function testFaults(ground: () => Ground): void {
  test('a process that hangs is noticed by its probe, and started again', async ({ skip }) => {
    await hostOf(ground(), 'whoami', skip);
    const found = (await ground().containers()).find(({ pod }) => pod.metadata.namespace === 'whoami');
    if (!found) throw new Error('no container of whoami is running');
    const before = restartsOf(found.pod);
    await found.signal('SIGSTOP');
    await ground().until(
      'the container has been started again',
      async () => {
        const pod = (await ground().pods()).find(({ metadata }) => metadata.uid === found.pod.metadata.uid);
        return pod !== undefined && restartsOf(pod) > before;
      },
      180,
    );
    await ground().settled();
  });

  test('everything comes back, with its data, after all processes of all pods were killed at once', async () => {
    const items = (await ground().hosts()).find(({ namespace }) => namespace === 'items')?.host;
    const list = async () => items && JSON.parse((await ground().call(items, '/item')).body);
    const written = await list();
    const containers = await ground().containers();
    const before = new Map((await ground().pods()).map((pod) => [pod.metadata.uid, pod]));
    await Promise.all(containers.map((container) => container.signal('SIGKILL')));
    await ground().until(
      'every container has been started again',
      async () => {
        const pods = (await ground().pods()).filter(({ metadata }) => before.has(metadata.uid));
        return pods.every((pod) => restartsOf(pod) > restartsOf(before.get(pod.metadata.uid)!));
      },
      180,
    );
    await ground().settled();
    expect(await list()).toEqual(written);
    const gone = [...before.values()].filter(({ metadata }) => metadata.deletionTimestamp);
    expect(gone.map(nameOf)).toEqual([]);
  });
}
