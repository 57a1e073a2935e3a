import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../charts/cluster-file.ts';
import { clusterNames, loadCluster } from '../../cli/load.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Every cluster of the repository, loaded and checked. */
export async function loadFleet(): Promise<Cluster[]> {
  const clusters: Cluster[] = [];
  for (const name of clusterNames(root)) {
    clusters.push(
      await loadCluster(
        root,
        name,
        (n) => import(`../../clusters/${n}/cluster.ts`) as Promise<{ readonly default?: unknown }>,
      ),
    );
  }
  return clusters;
}
