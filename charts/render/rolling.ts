import { type Problem, throwIfAny } from '../fault.ts';
import { isRolled, readingKey, readingsOf } from '../kinds/readings.ts';
import { at, label, type Manifest } from '../lib/manifest.ts';
import { ON_CHANGE, onChangesOf, RELOADED_SECRETS } from '../lib/on-change.ts';
import { CHECKSUM, checksumOf, configMapsIn, rolledBySecrets } from '../lib/rolls.ts';
import type { Part } from '../order/order.ts';
import { inConventionalOrder } from './manifests.ts';

/**
 * These components with what rolls their pods: in each pod template a checksum of the ConfigMaps that the pods read, and
 * on each workload the names of its Secrets, for Reloader. It follows the overrides, since one may change a ConfigMap or
 * what a pod reads.
 *
 * @throws Fault if a workload states something of an object that its pods do not read
 */
export function rolling(parts: readonly Part[]): Part[] {
  const all = parts.flatMap(({ manifests }) => manifests);
  const workloads = all.filter(isRolled);
  throwIfAny(parts.flatMap(({ name, manifests }) => manifests.filter(isRolled).flatMap((one) => unread(one, name))));
  const configMaps = configMapsIn(all);
  const results = new Map(
    workloads.map((workload) => [workload, annotated(workload, checksumOf(workload, configMaps))]),
  );
  const now = (manifest: Manifest): Manifest => results.get(manifest) ?? manifest;
  return parts.map((part) => ({
    ...part,
    manifests: part.manifests.map(now),
    stated: part.stated?.map(([from, to]) => [now(from), now(to)] as const),
  }));
}

function annotated(workload: Manifest, checksum: string | undefined): Manifest {
  const template = at(workload, 'spec', 'template') as Pick<Manifest, 'metadata'>;
  // Others' objects may name Secrets too.
  const named = workload.metadata.annotations?.[RELOADED_SECRETS]?.split(',') ?? [];
  const secrets = [...new Set([...named, ...rolledBySecrets(workload)])].sort().join(',');
  return inConventionalOrder({
    ...workload,
    metadata: withAnnotation(workload.metadata, RELOADED_SECRETS, secrets || undefined),
    spec: {
      ...(workload['spec'] as object),
      template: { ...template, metadata: withAnnotation(template.metadata, CHECKSUM, checksum) },
    },
  });
}

function withAnnotation<T extends Pick<Manifest['metadata'], 'annotations'>>(
  metadata: T,
  key: string,
  value?: string,
): T {
  return value === undefined ? metadata : { ...metadata, annotations: { ...metadata?.annotations, [key]: value } };
}

/** Statements about what the pods do not read: a misspelt name, or one that has become obsolete. */
function unread(workload: Manifest, component: string): Problem[] {
  const read = readingsOf(workload).map(readingKey);
  return Object.entries(onChangesOf(workload))
    .filter(([key, change]) => change !== 'roll' && !read.includes(key))
    .map(([key]) => ({
      what: `${label(workload)} states what a change of ${key} means, which its pods do not read`,
      where: `component ${component}`,
      seen: read.join(', ') || 'they read no ConfigMap and no Secret',
      fix: `correct the name, in onChange of the component or in the annotation ${ON_CHANGE}, or remove it`,
    }));
}
