import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { renderTestFleet } from '../../lib/fleet.ts';
import { LAB_MANAGER } from '../control-plane.ts';
import { Rehearsal } from './rehearsal.ts';

/** Of a cluster with Postfacto, whose web pods are never beside its database or broker. */
const CLUSTER = 'test-aks';
const NAMESPACE = 'postfacto';
const OBJECTS = (await renderTestFleet())
  .filter(({ name }) => name === CLUSTER)
  .flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
const OWN = OBJECTS.filter(({ metadata }) => metadata.namespace === NAMESPACE);
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
let rehearsal: Rehearsal;

// The real scheduler places pods of the rendered templates on simulated nodes. Their volumes are empty ones: where a disk is, says
// nothing of who runs beside whom.
describe.skipIf(OWN.length === 0)('pods that must not be on one node', () => {
  beforeAll(async () => {
    rehearsal = await Rehearsal.of(CLUSTER);
    await rehearsal.lab.startPlane();
    const needed = OBJECTS.filter(
      ({ kind, metadata }) => kind === 'PriorityClass' || (kind === 'Namespace' && metadata.name === NAMESPACE),
    );
    const accounts = OWN.filter(({ kind }) => kind === 'ServiceAccount');
    for (const one of [...needed, ...accounts]) await rehearsal.lab.plane.api.apply(one, { manager: LAB_MANAGER });
  }, 600_000);
  afterAll(() => rehearsal?.end());

  beforeEach(async () => {
    const { api } = rehearsal.lab.plane;
    await api.call('DELETE', `${PODS}?gracePeriodSeconds=0`);
    await rehearsal.until('no pod is left', async () => (await api.list(PODS)).length === 0);
  });

  test('wait on a single node, whose place database and broker have, and get the next one', async () => {
    await useNodes(1);
    const data = [await create('StatefulSet', 'postfacto-postgres'), await create('Deployment', 'postfacto-valkey')];
    for (const pod of data) await rehearsal.until(`${pod} has a node`, async () => (await nodeOf(pod)) !== undefined);
    const web = await create('Deployment', 'postfacto-stable');
    await rehearsal.until('the scheduler says why not', async () => (await reasonOf(web)) !== undefined);
    expect(await reasonOf(web)).toContain("didn't match pod anti-affinity rules");
    expect(await nodeOf(web)).toBeUndefined();

    await useNodes(2);
    await rehearsal.until('the web pod has a node', async () => (await nodeOf(web)) !== undefined);
    expect(await nodeOf(web)).not.toBe(await nodeOf(data[0]!));
  });

  test('give their node to the database, if there is only one', async () => {
    await useNodes(1);
    const web = await create('Deployment', 'postfacto-stable');
    await rehearsal.until('the web pod has a node', async () => (await nodeOf(web)) !== undefined);
    const node = await nodeOf(web);
    const { api } = rehearsal.lab.plane;
    const path = `${PODS}/${await create('StatefulSet', 'postfacto-postgres')}`;
    await rehearsal.until('the web pod is gone', async () => (await api.get(`${PODS}/${web}`)) === undefined);
    // Simulated pods end at once, which is before the scheduler waits for that: it tries again after minutes.
    const chosen = async () => textAt(await api.get(path), 'status', 'nominatedNodeName');
    await rehearsal.until('the node is the database’s', async () => (await chosen()) !== undefined);
    expect(await chosen()).toBe(node);
  });
});

/** Lets the scheduler use some of the nodes. */
async function useNodes(count: number): Promise<void> {
  const { api } = rehearsal.lab.plane;
  const nodes = await api.list('/api/v1/nodes');
  expect(nodes.length).toBeGreaterThanOrEqual(count);
  for (const [i, { metadata }] of nodes.entries())
    await api.call(
      'PATCH',
      `/api/v1/nodes/${metadata.name}`,
      { spec: { unschedulable: i >= count } },
      'application/merge-patch+json',
    );
}

/** Creates a pod of a workload's template. @returns its name */
async function create(kind: string, name: string): Promise<string> {
  const workload = OWN.find((one) => one.kind === kind && one.metadata.name === name);
  const template = at(workload, 'spec', 'template') as Pick<Manifest, 'metadata' | 'spec'>;
  const claims = listAt(workload, 'spec', 'volumeClaimTemplates').map((one) => textAt(one, 'metadata', 'name'));
  const volumes = [...listAt(template, 'spec', 'volumes'), ...claims.map((claim) => ({ name: claim, emptyDir: {} }))];
  await rehearsal.lab.plane.api.apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: NAMESPACE, labels: template.metadata.labels },
      spec: { ...(template.spec as object), volumes },
    },
    { manager: LAB_MANAGER },
  );
  return name;
}

async function nodeOf(pod: string): Promise<string | undefined> {
  return textAt(await rehearsal.lab.plane.api.get(`${PODS}/${pod}`), 'spec', 'nodeName');
}

/** Why the scheduler has found no node for a pod. */
async function reasonOf(pod: string): Promise<string | undefined> {
  const conditions = listAt(await rehearsal.lab.plane.api.get(`${PODS}/${pod}`), 'status', 'conditions');
  return textAt(
    conditions.find((one) => textAt(one, 'type') === 'PodScheduled' && textAt(one, 'status') === 'False'),
    'message',
  );
}
