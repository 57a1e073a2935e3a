import { expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../../charts/lib/manifest.ts';
import { ringOf } from '../../../../charts/rings.ts';
import { pinFile } from '../../../../cli/pin-files.ts';
import { loadRings } from '../../../../cli/rings.ts';
import { importerOf, REPOSITORY } from '../../../lib/load-fleet.ts';
import { pause } from '../../api.ts';
import { isReady } from '../../conditions.ts';
import type { Outcome } from '../../real/outside.ts';
import { pin, say } from '../rehearsal.ts';
import { type Ground, hostOf } from './ground.ts';

/** The service that changes are tried on: it has no database. */
const SERVICE = 'whoami';
/** Clients that call it meanwhile, and the milliseconds that each waits: fewer requests than the gateway's rate limit. */
const CLIENTS = 6;
const INTERVAL_MS = 100;

/** Changes under load: none of them may lose a request. */
export function testChanges(ground: () => Ground): void {
  test('a push of a version and of a second replica reaches the processes, and no request is lost', async ({
    skip,
  }) => {
    const host = await hostOf(ground(), SERVICE, skip);
    const { api, cluster } = ground();
    const ring = ringOf(await loadRings(REPOSITORY, importerOf(REPOSITORY)), cluster);
    const outcome = await underLoad(host, async () => {
      await ground().push(`Run two ${SERVICE} 1.0.1`, (checkout) => {
        checkout.edit(pinFile(ring.name, SERVICE), pin(SERVICE, '1.0.1'));
        checkout.edit(`clusters/${cluster}/cluster.ts`, (text) =>
          text.replace(`${SERVICE}: { replicas: 1 }`, `${SERVICE}: { replicas: 2 }`),
        );
      });
      await ground().until(
        'two pods of the new version are ready, and no other is left',
        async () => {
          const pods = await podsOf(SERVICE);
          return pods.length === 2 && pods.every((pod) => imageOf(pod).endsWith(':1.0.1') && isReady(pod));
        },
        180,
      );
    });
    expect(outcome.outcomes).toEqual({ 200: expect.any(Number) });
    expect(textAt(await api.get(deployment()), 'metadata', 'labels', 'app.kubernetes.io/version')).toBe('1.0.1');
  });

  test('a rolling restart loses no request', async ({ skip }) => {
    const host = await hostOf(ground(), SERVICE, skip);
    const outcome = await underLoad(host, async () => {
      await ground().api.merge(deployment(), {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } },
        },
      });
      await rolled();
    });
    expect(outcome.outcomes).toEqual({ 200: expect.any(Number) });
  });

  test('a node is drained and comes back, and no request is lost', async ({ skip }) => {
    const host = await hostOf(ground(), SERVICE, skip);
    const { api } = ground();
    const gateway = (await podsOf('gateway'))[0];
    const pod = (await podsOf(SERVICE)).find((one) => nodeOf(one) !== nodeOf(gateway));
    const node = nodeOf(pod);
    if (node === '') throw new Error(`no pod of ${SERVICE} runs on another node than the gateway`);
    const outcome = await underLoad(host, async () => {
      await api.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
      await ground().until(
        `no pod is left on ${node}`,
        async () => {
          const left = (await ground().pods()).filter(
            (one) => nodeOf(one) === node && !one.metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet'),
          );
          for (const { metadata } of left)
            await api.call('POST', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/eviction`, {
              apiVersion: 'policy/v1',
              kind: 'Eviction',
              metadata: { namespace: metadata.namespace, name: metadata.name },
            });
          return left.length === 0;
        },
        300,
      );
    });
    await api.merge(`/api/v1/nodes/${node}`, { spec: { unschedulable: false } });
    // Pods with a disk on the node have waited for it, and what comes after this test needs them.
    await ground().settled();
    expect(outcome.outcomes).toEqual({ 200: expect.any(Number) });
  });

  /** Calls the service while something happens, and a little before and after it. */
  async function underLoad(host: string, happening: () => Promise<void>): Promise<Outcome> {
    const load = await ground().load(host, '/ip', CLIENTS, INTERVAL_MS);
    await pause(1000);
    try {
      await happening();
      await pause(2000);
    } finally {
      const { outcomes, slowest } = await load.end();
      say(`answers: ${JSON.stringify(outcomes)}, the slowest after ${slowest} ms`);
    }
    return load.end();
  }

  /** Waits until the Deployment has only pods of its newest template. */
  async function rolled(): Promise<void> {
    await ground().until(
      `Deployment ${SERVICE} has rolled`,
      async () => {
        const deployed = await ground().api.get(deployment());
        const status = (at(deployed, 'status') ?? {}) as Record<string, number | undefined>;
        return (
          status['observedGeneration'] === deployed?.metadata.generation &&
          status['updatedReplicas'] === status['replicas'] &&
          status['availableReplicas'] === status['replicas'] &&
          (await podsOf(SERVICE)).length === status['replicas']
        );
      },
      120,
    );
  }

  async function podsOf(namespace: string) {
    return (await ground().pods()).filter(({ metadata }) => metadata.namespace === namespace);
  }
}

function deployment(): string {
  return `/apis/apps/v1/namespaces/${SERVICE}/deployments/${SERVICE}`;
}

function imageOf(pod: unknown): string {
  return textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '';
}

function nodeOf(pod: unknown): string {
  return textAt(pod, 'spec', 'nodeName') ?? '';
}
