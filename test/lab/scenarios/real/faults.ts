import { expect, test } from 'vitest';
import { at } from '../../../../charts/lib/manifest.ts';
import { type Ground, nameOf, restartsOf, type RunningContainer } from './ground.ts';

/** Seconds: what may take longer to be noticed is left out, since its probe works as the others do. */
const PATIENCE = 150;
/** Seconds that a kubelet may be late on a busy machine. */
const SLACK = 45;

/** What happens to running processes, and that nobody has to do anything about it. */
export function testFaults(ground: () => Ground): void {
  test('processes that hang are noticed in the time that their probes say, and started again', async () => {
    const hanging = (await ground().containers())
      .map((one) => ({ ...one, limit: limitOf(one), before: restartsOf(one.pod, one.name) }))
      .filter(({ limit }) => limit !== undefined && limit <= PATIENCE);
    expect(hanging.length).toBeGreaterThan(5);
    await Promise.all(hanging.map(({ signal }) => signal('SIGSTOP')));
    const start = performance.now();
    const left = new Map(hanging.map((one) => [`${nameOf(one.pod)} ${one.name}`, one]));
    const late: string[] = [];
    const settling = ground().until(
      `${left.size} containers have been started again`,
      async () => {
        const seconds = (performance.now() - start) / 1000;
        const pods = new Map((await ground().pods()).map((pod) => [pod.metadata.uid, pod]));
        for (const [title, { pod, name, before, limit = 0 }] of left) {
          const now = pods.get(pod.metadata.uid);
          if (!now || restartsOf(now, name) === before) continue;
          left.delete(title);
          if (seconds > limit + SLACK) late.push(`${title} after ${seconds.toFixed(0)} s instead of ${limit}`);
        }
        return left.size === 0;
      },
      PATIENCE + SLACK,
    );
    await settling.catch((error: unknown) => {
      throw new Error(`still hanging: ${[...left.keys()].join(', ')}`, { cause: error });
    });
    expect(late).toEqual([]);
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

/** Seconds until a kubelet has replaced a hanging container: its probe's, and those of its end. Undefined without a probe. */
function limitOf({ pod, container }: RunningContainer): number | undefined {
  const probe = at(container, 'livenessProbe');
  if (probe === undefined) return undefined;
  const number = (field: string, otherwise: number): number => Number(at(probe, field) ?? otherwise);
  const noticed = number('failureThreshold', 3) * number('periodSeconds', 10) + number('timeoutSeconds', 1);
  return noticed + Number(at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}
