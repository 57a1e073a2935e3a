import { join } from 'node:path';
import type { Cluster } from '../../charts/cluster-file.ts';
import type { Importer, ValuesModule } from '../../cli/exported.ts';
import { clusterNames, loadIfKnown } from '../../cli/load.ts';
import { Versions } from '../../cli/versions.ts';

/** The root of the repository, with the clusters that it deploys. */
export const REPOSITORY = join(import.meta.dirname, '..', '..');

/** The root of the product tests' clusters: they are never deployed, and change only with the tests. */
export const TEST_FLEETS = join(REPOSITORY, 'test', 'fleets');

/** Imports the files of a repository root's `clusters/`. */
export function importerOf(root: string): Importer {
  const load = (...file: readonly string[]) => import(join(root, 'clusters', ...file)) as Promise<ValuesModule>;
  return { cluster: (name) => load(name, 'cluster.ts'), rings: () => load('rings.ts') };
}

/** Every cluster of the repository whose facts are known, loaded and checked. */
export function loadFleet(): Promise<Cluster[]> {
  return loadAll(REPOSITORY);
}

/** Every cluster of the product tests, loaded and checked. */
export function loadTestFleet(): Promise<Cluster[]> {
  return loadAll(TEST_FLEETS);
}

async function loadAll(root: string): Promise<Cluster[]> {
  const importer = importerOf(root);
  const versions = await Versions.load(root, importer);
  const clusters = await Promise.all(clusterNames(root).map((name) => loadIfKnown(root, name, importer, { versions })));
  return clusters.filter((cluster): cluster is Cluster => 'cloud' in cluster);
}
