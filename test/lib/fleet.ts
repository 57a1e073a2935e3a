import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { preinstalledOn } from '../../charts/cloud/cloud.ts';
import type { Cluster } from '../../charts/cluster-file.ts';
import { compose } from '../../charts/cluster.ts';
import { identityOf, type Manifest } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { waiversOf } from '../../charts/waivers.ts';
import { repository } from '../fleets/repository.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { loadFleet, loadTestFleet, REPOSITORY } from './load-fleet.ts';

let fleet: Promise<ClusterObjects[]> | undefined;
let testFleet: Promise<ClusterObjects[]> | undefined;

/**
 * Every cluster of the committed dist that has objects; a fork has clusters of its own. Read once, then cached.
 * A cluster whose facts are not known yet has no objects.
 */
export function readFleet(): Promise<ClusterObjects[]> {
  fleet ??= loadFleet().then((clusters) =>
    foldersOf(join(REPOSITORY, 'dist'))
      .filter((name) => foldersOf(join(REPOSITORY, 'dist', name)).length > 0)
      .map((name) => {
        const cluster = clusters.find((c) => c.name === name);
        if (!cluster) throw new Error(`dist/${name} has no cluster file, or no facts: run "npm run synth"`);
        return clusterObjectsOf(cluster, readObjects(join(REPOSITORY, 'dist', name)));
      }),
  );
  return fleet;
}

/** Every cluster of the product tests, rendered in memory once, then cached. */
export function renderTestFleet(): Promise<ClusterObjects[]> {
  testFleet ??= loadTestFleet().then((clusters) => clusters.map(renderTestCluster));
  return testFleet;
}

/** One cluster of product tests, rendered in memory. */
export function renderTestCluster(cluster: Cluster): ClusterObjects {
  return clusterObjectsOf(cluster, rendered(cluster));
}

/** The objects as Argo CD would read them from the files: only those carry sync waves. */
function rendered(cluster: Cluster): ManifestFile[] {
  const { files, objects } = renderCluster(cluster, repository);
  return objects.map((object) => ({ ...object, manifest: load(files.get(object.path) ?? '') as Manifest }));
}

/** The objects together with what only the code that rendered them knows; overrides change no identity. */
export function clusterObjectsOf(cluster: Cluster, objects: readonly ManifestFile[]): ClusterObjects {
  const components = compose(cluster, repository);
  return {
    name: cluster.name,
    objects,
    preinstalled: preinstalledOn(cluster),
    secretsByHand: cluster.cloud.secretsByHand ?? [],
    dnsPods: cluster.cloud.dns.flatMap((server) => ('namespace' in server ? [server] : [])),
    secretReplicaRegions: cluster.cloud.secretReplicaRegions ?? [],
    existingStorage:
      'existingBecause' in cluster.cloud.storageClass ? cluster.cloud.storageClass.existingBecause : undefined,
    userNamespaces: cluster.cloud.userNamespaces,
    provides: new Map(components.flatMap((c) => (c.upstream ? [[c.name, c.upstream.provides] as const] : []))),
    handedOut: new Set(components.flatMap((c) => c.projects.map(({ name }) => name))),
    stated: components.flatMap((c) =>
      manifestsOf(c).stated.map(([from, to]) => [identityOf(from), identityOf(to)] as const),
    ),
    adopted: new Set(Object.keys(cluster.settings.manifests)),
    waivers: waiversOf(cluster.settings),
  };
}

/** The objects in a cluster's folder of dist. @throws Error for a file that is not YAML */
export function readObjects(folder: string): ManifestFile[] {
  return foldersOf(folder).flatMap((component) =>
    readdirSync(join(folder, component))
      .sort()
      .map((file) => {
        const path = `${component}/${file}`;
        if (!file.endsWith('.yaml')) throw new Error(`${path} is not YAML: Argo CD would ignore it`);
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
