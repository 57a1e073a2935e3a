import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, groupOf, label, type Manifest } from '../../../charts/lib/manifest.ts';
import { renderTestFleet } from '../../lib/fleet.ts';
import { LAB_MANAGER } from '../control-plane.ts';
import { Rehearsal } from './rehearsal.ts';

const CLUSTER = 'test-kind';
const rendered = (await renderTestFleet()).find(({ name }) => name === CLUSTER);
const objects = rendered?.objects.map(({ manifest }) => manifest) ?? [];
const policies = objects.filter(
  ({ kind, metadata }) => kind.startsWith('ValidatingAdmissionPolicy') && metadata.name.startsWith('secret-store-'),
);
const reviewed = objects.filter((manifest) => groupOf(manifest).endsWith('external-secrets.io'));
const GENERATORS = 'generators.external-secrets.io/v1alpha1';
const STORE = { kind: 'ClusterSecretStore', name: 'cluster' };
let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  await rehearsal.lab.startPlane();
  for (const namespace of new Set([...objects.flatMap(({ metadata }) => metadata.namespace ?? []), 'stranger']))
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  // From before the policies.
  await apply(reader('old', { data: [entry('of-nobody')] }));
  for (const policy of policies) await apply(policy);
  // The API server reads policies from a cache.
  for (const probe of [reader('first', { data: [entry('of-nobody')] }), writer('first'), generator('first')])
    await rehearsal.until(`a policy refuses ${label(probe)}`, async () => (await refusal(probe)) !== '');
});
afterAll(() => rehearsal?.end());

test('every object that the cluster renders is admitted', async () => {
  expect(policies.length).toBe(6);
  expect(reviewed.length).toBeGreaterThan(10);
  expect((await Promise.all(reviewed.map((manifest) => refusal(manifest)))).filter(Boolean)).toEqual([]);
});

describe('is refused', () => {
  test.each([
    [
      'an entry of another namespace',
      reader('root', { data: [entry('mongo-root')] }),
      'stranger may not read mongo-root',
    ],
    [
      'an entry by extract',
      reader('all', { dataFrom: [{ extract: { key: 'mongo-root' } }] }),
      'may not read mongo-root',
    ],
    [
      'entries by a pattern',
      reader('find', { dataFrom: [{ find: { name: { regexp: '.*' } } }] }),
      'dataFrom[].find would read',
    ],
    [
      'a store without a kind',
      reader('kind', { secretStoreRef: { name: 'cluster' } }),
      'may not use SecretStore/cluster',
    ],
    ['the store itself, with nothing to read', reader('use', {}), 'may not use ClusterSecretStore/cluster'],
    [
      'a generator',
      reader('generated', {
        secretStoreRef: undefined,
        dataFrom: [{ sourceRef: { generatorRef: { apiVersion: GENERATORS, kind: 'Fake', name: 'x' } } }],
      }),
      'may not use Fake/x',
    ],
    ['writing an entry of another namespace', writer('root'), 'stranger may not write mongo-root'],
    [
      'a store of its own',
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'SecretStore',
        metadata: { name: 'own', namespace: 'stranger' },
        spec: { provider: { fake: { data: [] } } },
      },
      'SecretStore/own is a store or generator that the manifests of the cluster do not have in the namespace stranger',
    ],
    [
      'another store for all namespaces',
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ClusterSecretStore',
        metadata: { name: 'other' },
        spec: { provider: { fake: { data: [] } } },
      },
      'do not have in the cluster',
    ],
    ['a generator object', generator('own'), 'UUID/own is a store or generator'],
    [
      'a kind that is not reconciled',
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ClusterExternalSecret',
        metadata: { name: 'everywhere' },
        spec: { namespaceSelectors: [{ matchLabels: {} }], externalSecretSpec: { secretStoreRef: STORE } },
      },
      'is not reconciled on this cluster',
    ],
  ] as readonly (readonly [string, Manifest, string])[])('%s', async (_, manifest, message) => {
    expect(await refusal(manifest)).toContain(message);
  });
});

test('an object from before the policy keeps its finalizers, and cannot change what it reads', async () => {
  const old = reader('old', { data: [entry('of-nobody')] });
  expect(await refusal({ ...old, metadata: { ...old.metadata, labels: { a: 'b' } } })).toBe('');
  expect(await refusal(reader('old', { data: [entry('mongo-root')] }))).toContain('may not read mongo-root');
});

function entry(key: string): object {
  return { secretKey: 'value', remoteRef: { key, property: 'value' } };
}

function reader(name: string, spec: object): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'stranger' },
    spec: { secretStoreRef: STORE, ...spec },
  };
}

function writer(name: string): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name, namespace: 'stranger' },
    spec: {
      secretStoreRefs: [STORE],
      selector: { secret: { name: 'any' } },
      data: [{ match: { remoteRef: { remoteKey: 'mongo-root' } } }],
    },
  };
}

function generator(name: string): Manifest {
  return { apiVersion: GENERATORS, kind: 'UUID', metadata: { name, namespace: 'stranger' }, spec: {} };
}

async function apply(manifest: Manifest): Promise<void> {
  await rehearsal.lab.plane.api.apply(manifest, { manager: LAB_MANAGER });
}

/** The message with which the API server refuses an object; empty if it admits it. */
async function refusal(manifest: Manifest): Promise<string> {
  const { status, body } = await rehearsal.lab.plane.api.tryApply(manifest, { manager: LAB_MANAGER, dryRun: true });
  return status < 300 ? '' : `${label(manifest)}: ${status} ${String(at(body, 'message'))}`;
}
