import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, label, listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import { podSpecOf } from '../../../charts/kinds/references.ts';
import { clusterNames } from '../../../cli/load.ts';
import { renderTestCluster, renderTestFleet } from '../../lib/fleet.ts';
import { grownCluster } from '../../lib/grown.ts';
import { LAB_MANAGER, readManifests } from '../control-plane.ts';
import { compareKinds } from './kinds.ts';
import { Rehearsal, root, say } from './rehearsal.ts';
import { compareSettings } from './settings.ts';

/** Prerequisites of other objects' dry runs: these are created, all others only dry-run. */
const PREREQUISITES = new Set(['Namespace', 'ServiceAccount', 'PriorityClass']);
let rehearsal: Rehearsal;

beforeAll(async () => {
  // Any cluster will do: only its control plane with all CRDs is needed, nothing is synced.
  rehearsal = await Rehearsal.of('test-aks');
  await rehearsal.lab.startPlane();
});
afterAll(() => rehearsal?.end());

/** Those that are rendered: one whose facts are not known yet has no objects. */
const rendered = clusterNames(root).filter((name) => existsSync(join(root, 'dist', name, 'applications')));

/** The test fleet too: it has every section and setting that no cluster of dist uses; and one that has grown. */
const ofTests = [...(await renderTestFleet()), renderTestCluster(await grownCluster())];
const clusters = [
  ...rendered.map((name) => ({ name, objects: readManifests(join(root, 'dist', name)) })),
  ...ofTests.map(({ name, objects }) => ({ name, objects: objects.map(({ manifest }) => manifest) })),
];

describe.each(clusters)('$name', ({ name: cluster, objects: dist }) => {
  test('the API server accepts every object without a warning', async () => {
    for (const namespace of new Set(dist.flatMap(({ metadata }) => metadata.namespace ?? [])))
      await rehearsal.lab.plane.api.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        { manager: 'e2e' },
      );
    for (const manifest of dist.filter(({ kind }) => PREREQUISITES.has(kind)))
      await rehearsal.lab.plane.api.apply(manifest, { manager: LAB_MANAGER });
    const findings = (await Promise.all(dist.map((manifest) => findingsOf(manifest)))).flat();
    say(`${dist.length} objects of ${cluster}`);
    expect(dist.length).toBeGreaterThan(100);
    expect(findings).toEqual([]);
  });

  test("Pod Security admits every workload's pod without a warning", async () => {
    const pods = dist.flatMap((manifest) => podOf(manifest) ?? []);
    const findings = (await Promise.all(pods.map((pod) => findingsOf(pod)))).flat();
    say(`${pods.length} pods of ${cluster}`);
    expect(pods.length).toBeGreaterThan(10);
    expect(findings).toEqual([]);
  });
});

test('settings of workloads are refused if the API server refuses them', async () => {
  expect(await compareSettings(rehearsal.lab.plane.api)).toEqual([]);
});

test('kinds are declared as the API server and their definitions have them', async () => {
  const { differences, notServed } = await compareKinds(rehearsal.lab.plane.api);
  say(`not served here, and so not compared: ${notServed.join(', ')}`);
  expect(differences).toEqual([]);
});

test('the API server refuses a privileged pod and an unknown field', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'root', namespace: 'gateway' },
    spec: { containers: [{ name: 'root', image: 'example.com/x', securityContext: { privileged: true } }] },
  };
  expect(await findingsOf(pod)).toEqual([expect.stringMatching(/403.*violates PodSecurity/)]);
  const unknown = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'gateway' }, dato: {} };
  expect(await findingsOf(unknown)).toEqual([expect.stringMatching(/dato/)]);
});

/** The error and warnings of a server-side dry run. @throws Error if the kind is not served */
async function findingsOf(manifest: Manifest): Promise<string[]> {
  const { status, body, warnings } = await rehearsal.lab.plane.api.tryApply(manifest, {
    manager: 'argocd-controller',
    dryRun: true,
  });
  return [
    ...(status >= 300 ? [`${label(manifest)}: ${status} ${String(at(body, 'message'))}`] : []),
    ...warnings.map((warning) => `${label(manifest)}: ${warning}`),
  ];
}

/** A workload's pod, as its controller would create it. */
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
