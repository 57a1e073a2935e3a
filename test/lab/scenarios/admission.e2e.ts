import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, label, listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import { podSpecOf } from '../../../charts/kinds/references.ts';
import { clusterNames } from '../../../cli/load.ts';
import { LAB_MANAGER, readManifests } from '../control-plane.ts';
import { Rehearsal, root, say } from './rehearsal.ts';

/** What other objects cannot even be asked about without: these are written, all else is a dry run. */
const GROUND = new Set(['Namespace', 'ServiceAccount', 'PriorityClass']);
let it: Rehearsal;

beforeAll(async () => {
  // Any cluster's will do: a control plane with all definitions, and nothing synced.
  it = await Rehearsal.of('staging-aks');
  await it.lab.startPlane();
});
afterAll(() => it?.end());

/** Those that are rendered: one whose facts are not known yet has no objects. */
const rendered = clusterNames(root).filter((name) => existsSync(join(root, 'dist', name, 'applications')));

describe.each(rendered)('%s', (cluster) => {
  const dist = readManifests(join(root, 'dist', cluster));

  test('every object is accepted by the API server, with no warning', async () => {
    for (const namespace of new Set(dist.flatMap(({ metadata }) => metadata.namespace ?? [])))
      await it.lab.plane.api.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        { manager: 'ground' },
      );
    for (const manifest of dist.filter(({ kind }) => GROUND.has(kind)))
      await it.lab.plane.api.apply(manifest, { manager: LAB_MANAGER });
    const complaints = (await Promise.all(dist.map((manifest) => complaintsOf(manifest)))).flat();
    say(`${dist.length} objects of ${cluster}`);
    expect(dist.length).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
  });

  test("every pod is admitted by its namespace's Pod Security, with no warning", async () => {
    const pods = dist.flatMap((manifest) => podOf(manifest) ?? []);
    const complaints = (await Promise.all(pods.map((pod) => complaintsOf(pod)))).flat();
    say(`${pods.length} pods of ${cluster}`);
    expect(pods.length).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });
});

test('the API server does refuse what it should', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'root', namespace: 'whoami' },
    spec: { containers: [{ name: 'root', image: 'example.com/x', securityContext: { privileged: true } }] },
  };
  expect(await complaintsOf(pod)).toEqual([expect.stringMatching(/403.*violates PodSecurity/)]);
  const unknown = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'whoami' }, dato: {} };
  expect(await complaintsOf(unknown)).toEqual([expect.stringMatching(/dato/)]);
});

/** What a server-side dry run says: a refusal, or warnings. A kind that is not served throws. */
async function complaintsOf(manifest: Manifest): Promise<string[]> {
  const { status, body, warnings } = await it.lab.plane.api.tryApply(manifest, {
    manager: 'argocd-controller',
    dryRun: true,
  });
  return [
    ...(status >= 300 ? [`${label(manifest)}: ${status} ${String(at(body, 'message'))}`] : []),
    ...warnings.map((warning) => `${label(manifest)}: ${warning}`),
  ];
}

/** A workload's pod, as its controller would make it. */
function podOf(manifest: Manifest): Manifest | undefined {
  const pod = podSpecOf(manifest);
  if (pod === undefined) return undefined;
  const claims = listAt(manifest, 'spec', 'volumeClaimTemplates').map((claim) => String(at(claim, 'metadata', 'name')));
  const volumes = [
    ...listAt(pod.spec, 'volumes'),
    ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-0` } })),
  ];
  const { name, namespace } = manifest.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: pod.labels },
    spec: { ...(pod.spec as object), volumes },
  } as Manifest;
}
