import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/**
 * Images are pinned by digest in all of a cluster, once they are in one: before, no registry could be asked. Those of
 * `manifests` are upstream's.
 */
export const digests = invariant('images have digests, all of a cluster or none', (cluster) => {
  const adopted = new Set(
    cluster.objects.filter(({ component }) => cluster.adopted.has(component)).map(({ manifest }) => manifest),
  );
  const containers = workloadPods(cluster)
    .filter(({ workload }) => !adopted.has(workload))
    .flatMap(containersOf);
  const without = containers.filter(({ container }) => !container.image?.includes('@sha256:'));
  if (without.length === containers.length) return [];
  return without.map(
    ({ label }) => `${label} has no digest, but other images of this cluster have: run slipway pins --write`,
  );
});
