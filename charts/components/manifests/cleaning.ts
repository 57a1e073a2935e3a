import { findKind } from '../../kinds/index.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { isDefinition } from './volumes.ts';

/** Fields of native kinds that mean the same empty as absent; `emptyDir` and selectors do not. */
const EMPTY_MEANS_ABSENT = new Set([
  'affinity',
  'annotations',
  'args',
  'binaryData',
  'command',
  'data',
  'env',
  'envFrom',
  'externalIPs',
  'finalizers',
  'hostAliases',
  'imagePullSecrets',
  'initContainers',
  'labels',
  'limits',
  'loadBalancerSourceRanges',
  'nodeSelector',
  'ownerReferences',
  'ports',
  'requests',
  'resources',
  'secrets',
  'securityContext',
  'strategy',
  'stringData',
  'tolerations',
  'topologySpreadConstraints',
  'updateStrategy',
  'volumeMounts',
  'volumes',
]);

/**
 * An object without what generators leave behind: nulls, a status, timestamps and, of native kinds, empty fields. The
 * schema of a definition stays as it is: there, fields are examples and defaults.
 */
export function cleaned(object: Manifest): Manifest {
  const { status: _, ...rest } = object;
  if (isDefinition(object)) return { ...rest, metadata: clean(rest.metadata, true) };
  return clean(rest, findKind(object)?.builtIn ?? false);
}

function clean<T>(value: T, native: boolean): T {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => clean(item, native)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([key, inner]) => inner !== null && key !== 'creationTimestamp')
    .map(([key, inner]) => [key, clean(inner, native)] as const)
    .filter(([key, inner]) => !native || !EMPTY_MEANS_ABSENT.has(key) || !isEmpty(inner));
  return Object.fromEntries(fields) as T;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
