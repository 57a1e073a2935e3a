import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../charts/cluster-file.ts';
import { clusterNames, loadIfKnown } from '../../cli/load.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Every cluster of the repository whose facts are known, loaded and checked. */
export async function loadFleet(): Promise<Cluster[]> {
  const clusters: Cluster[] = [];
  for (const name of clusterNames(root)) {
    const cluster = await loadIfKnown(
      root,
      name,
      (n) => import(`../../clusters/${n}/cluster.ts`) as Promise<{ readonly default?: unknown }>,
    );
    if ('cloud' in cluster) clusters.push(cluster);
  }
  return clusters;
}
