import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { loadCluster } from '../../cli/load.ts';
import { platformOf } from '../../charts/cloud/cloud.ts';
import { compose } from '../../charts/cluster.ts';
import { identityOf, type Manifest } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import type { ClusterObjects } from './cluster-objects.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

let fleet: Promise<ClusterObjects[]> | undefined;

/** Every cluster of the committed dist that has objects; read once, however many ask. */
export function readFleet(): Promise<ClusterObjects[]> {
  // One whose facts are not known yet has none, just what Terraform reads.
  const rendered = foldersOf(join(REPOSITORY, 'dist')).filter(
    (name) => foldersOf(join(REPOSITORY, 'dist', name)).length > 0,
  );
  fleet ??= Promise.all(rendered.map(readCluster));
  return fleet;
}

/** The objects are dist's; only what no object tells is asked of the code that made them. */
async function readCluster(name: string): Promise<ClusterObjects> {
  const objects = readObjects(join(REPOSITORY, 'dist', name));
  const cluster = await loadCluster(
    REPOSITORY,
    name,
    (folder) => import(`../../clusters/${folder}/cluster.ts`) as Promise<{ readonly default?: unknown }>,
  );
  const components = compose(cluster);
  return {
    name,
    objects,
    platform: platformOf(cluster.cloud),
    brings: new Map(components.flatMap((c) => (c.upstream ? [[c.name, c.upstream.provides] as const] : []))),
    stated: components.flatMap((c) =>
      manifestsOf(c).stated.map(([from, to]) => [identityOf(from), identityOf(to)] as const),
    ),
  };
}

/** The objects below a cluster's folder of dist. @throws Error for a file that is not one object */
export function readObjects(folder: string): ManifestFile[] {
  return foldersOf(folder).flatMap((component) =>
    readdirSync(join(folder, component))
      .sort()
      .map((file) => {
        const path = `${component}/${file}`;
        if (!file.endsWith('.yaml')) throw new Error(`${path} is not YAML: Argo CD would leave it out`);
        return { path, component, manifest: load(readFileSync(join(folder, path), 'utf8')) as Manifest };
      }),
  );
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
