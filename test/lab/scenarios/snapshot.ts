import { isDeepStrictEqual } from 'node:util';
import { identityOf, label, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** Objects by their identity, without what every creation makes anew. */
export type Snapshot = Readonly<Record<string, unknown>>;

/**
 * What the API server has for the objects of dist, and the Secrets that External Secrets made of the cluster's store.
 *
 * @throws Error if an object is not there
 */
export async function snapshot(api: Api, dist: readonly Manifest[]): Promise<Snapshot> {
  const secrets = dist
    .filter(({ kind }) => kind === 'ExternalSecret')
    .map((external): Manifest => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: textAt(external, 'spec', 'target', 'name') ?? external.metadata.name,
        namespace: external.metadata.namespace,
      },
    }));
  const entries = [...dist, ...secrets].map(async (manifest) => {
    const live = await api.get<Manifest>(await api.pathOf(manifest));
    if (live === undefined) throw new Error(`${label(manifest)} is not there`);
    return [identityOf(manifest), lasting(live)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Identities of objects that are not the same in both. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => `${key}: ${changed(before[key], after[key]).join(', ')}`);
}

/** Paths at which two values differ, with both. */
function changed(before: unknown, after: unknown, path = ''): string[] {
  const [a, b] = [before, after].map((value) =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined,
  );
  if (!a || !b)
    return isDeepStrictEqual(before, after)
      ? []
      : [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    changed(a[key], b[key], `${path}.${key}`),
  );
}

/** Fields, by their names, that the server or a controller fills in anew for each creation. */
const MADE = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'managedFields',
  'status',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'caBundle',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
  'deployment.kubernetes.io/revision',
  'ownerReferences',
]);

function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => lasting(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !MADE.has(key))
      .map(([key, item]) => [key, lasting(item)]),
  );
}
