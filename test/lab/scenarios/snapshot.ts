import { isDeepStrictEqual } from 'node:util';
import { identityOf, label, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** Objects by identity, without fields that differ after every creation. */
export type Snapshot = Readonly<Record<string, unknown>>;

/**
 * Live state of the objects in dist, and of the Secrets that External Secrets created.
 *
 * @throws Error if an object is missing
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
    if (live === undefined) throw new Error(`${label(manifest)} is missing`);
    return [identityOf(manifest), stable(live)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Descriptions of objects that differ. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !isDeepStrictEqual(before[key], after[key]))
    .map((key) => `${key}: ${changed(before[key], after[key]).join(', ')}`);
}

/** Paths at which two values differ, with both values. */
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

/** Names of fields that the server or a controller sets at creation. */
const GENERATED = new Set([
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
  // A claim's disk and its node are found by the scheduler, and here the disks are simulated.
  'volumeName',
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
]);

function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => stable(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !GENERATED.has(key))
      .map(([key, item]) => [key, stable(item)]),
  );
}
