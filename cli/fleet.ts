import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import type { Repository } from '../charts/applications.ts';
import { createCloud, ownFactsOf } from '../charts/cloud/clouds.ts';
import type { Cluster, ClusterSettings, PlannedCluster } from '../charts/cluster-file.ts';
import { Fault, type Problem } from '../charts/fault.ts';
import { compareClusters, type FleetMember } from '../charts/fleet/compare.ts';
import { hostsOf, servesHosts, settingOfHost } from '../charts/fleet/hosts.ts';
import { repositorySchema } from '../charts/fleet/repository.ts';
import type { Manifest } from '../charts/lib/manifest.ts';
import type { Ring } from '../charts/rings.ts';
import { check } from './check.ts';
import type { RenderedElsewhere } from './code/render.ts';
import type { Importer } from './exported.ts';
import { strayEntries } from './folders.ts';
import { clusterNames, factsFile, loadDeclared } from './load.ts';
import { lineFinder } from './locate-typescript.ts';
import { lineInJson } from './locate.ts';
import { exceptionsFile } from './pin-files.ts';
import type { Versions } from './versions.ts';

const FLEET_FILE = 'clusters/fleet.ts';

/** @throws Fault if what every cluster syncs from is nothing that Argo CD takes */
export function checkRepository(root: string, repository: Repository): void {
  const file = join(root, FLEET_FILE);
  // The finder follows the default export; lines stay as they are.
  const text = existsSync(file) ? `${readFileSync(file, 'utf8')}\nexport default repository;\n` : '';
  check(repositorySchema, repository, (path) => ({ file: `${FLEET_FILE}:${lineFinder(text)(path)}` }));
}

/** A cluster and what it renders. */
export interface RenderedMember {
  /** Without facts and cloud if these are not known yet. */
  readonly cluster: PlannedCluster & Partial<Pick<Cluster, 'facts' | 'cloud'>>;
  readonly manifests: readonly Manifest[];
}

/**
 * The mistakes that no cluster has by itself: two want one thing, or nothing reads what is there. Clusters that were not
 * rendered take part with what their files say, so that the name of a host that they derive is not known; those that other
 * code has rendered, with the hosts in its files too.
 */
export async function fleetProblems(
  root: string,
  versions: Versions,
  rendered: readonly RenderedMember[],
  elsewhere: readonly Pick<RenderedElsewhere, 'name' | 'files'>[],
  importer: Importer,
): Promise<Problem[]> {
  const served = new Map(elsewhere.map(({ name, files }) => [name, routesOf(files)]));
  const others = clusterNames(root).filter((name) => !rendered.some(({ cluster }) => cluster.name === name));
  const declared = (
    await Promise.all(others.map((name) => declaredMember(root, name, served.get(name) ?? [], importer, versions)))
  ).flat();
  const members = [...rendered, ...declared];
  return [
    ...strayEntries(
      root,
      members.flatMap(({ cluster }) => sourcesOf(cluster.settings)),
    ),
    ...compareClusters(members.map((member) => memberOf(root, member))),
    ...versions.rings.flatMap((ring) => problemsOfPins(root, versions, ring, rendered)),
    ...rendered.flatMap(({ cluster }) => unusedExceptions(root, cluster)),
  ];
}

/** The objects of rendered files that say which hosts a cluster serves. */
function routesOf(files: ReadonlyMap<string, string>): Manifest[] {
  return [...files]
    .filter(([path]) => servesHosts({ kind: basename(path).split('.')[0] ?? '' }))
    .map(([, text]) => load(text) as Manifest);
}

/** A cluster that was not rendered here; none if it has a mistake, which is reported when it is rendered. */
async function declaredMember(
  root: string,
  name: string,
  manifests: readonly Manifest[],
  importer: Importer,
  versions: Versions,
): Promise<RenderedMember[]> {
  try {
    const { facts, ...planned } = await loadDeclared(root, name, importer, { versions });
    const { cloud, domain } = planned.settings;
    if (facts === undefined) return [{ cluster: planned, manifests }];
    return [{ cluster: { ...planned, facts, cloud: createCloud(cloud, { name, domain }, facts) }, manifests }];
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

function memberOf(root: string, { cluster, manifests }: RenderedMember): FleetMember {
  const { name, settings, facts, cloud, at } = cluster;
  return {
    name,
    domain: settings.domain,
    hosts: hostsOf(manifests),
    own: facts ? ownFactsOf(settings.cloud, facts) : [],
    secretPrefix: cloud?.secretPrefix ?? '',
    at: (place) => {
      if (place === 'domain') return at(['domain']);
      if ('host' in place) return at(settingOfHost(settings, place.host));
      return lineOf(root, factsFile(name), place.fact);
    },
  };
}

function lineOf(root: string, file: string, path: readonly (string | number)[]): string {
  return `${file}:${lineInJson(readFileSync(join(root, file), 'utf8'), path)}`;
}

/** What entries of `manifests` render of this repository. */
function sourcesOf({ manifests }: ClusterSettings): string[] {
  return Object.values(manifests).flatMap(({ helm, kustomize, yaml }) => {
    const folder = (helm ?? kustomize ?? yaml)?.folder?.replace(/^\.\/|\/$/g, '');
    // A kustomization may refer to its neighbours.
    return folder === undefined ? [] : [kustomize ? folder.replace(/\/[^/]+$/, '') : folder];
  });
}

/** The pins that no cluster of a ring uses, by their files; none if that is not known of all of them. */
export function unusedPins(
  versions: Versions,
  ring: Ring,
  rendered: readonly Pick<RenderedMember, 'cluster'>[],
): Map<string, string[]> {
  const members = rendered.filter(({ cluster }) => ring.clusters.includes(cluster.name));
  if (members.length < ring.clusters.length) return new Map();
  const unused = members.map(({ cluster }) => new Set(cluster.pins.unused()));
  const isUnused = (pin: string): boolean => unused.every((names) => names.has(pin));
  return new Map(versions.filesOf(ring).map(({ file, pins }) => [file, Object.keys(pins).filter(isUnused)]));
}

function problemsOfPins(root: string, versions: Versions, ring: Ring, rendered: readonly RenderedMember[]): Problem[] {
  const empty = versions.filesOf(ring).filter(({ pins }) => Object.keys(pins).length === 0);
  return [
    ...empty.map(({ file }) => ({ what: 'the file has no pins', file, fix: 'remove it' })),
    ...[...unusedPins(versions, ring, rendered)].flatMap(([file, pins]) =>
      pins.map((pin) => ({
        what: `pin "${pin}" is not used`,
        file: lineOf(root, file, [pin]),
        fix: `remove it (\`slipway synth --prune-pins\`), or add what it was meant for to clusters of the ring ${ring.name}: ${ring.clusters.join(', ')}`,
      })),
    ),
  ];
}

/** A cluster's exceptions from pins that it does not use. */
function unusedExceptions(root: string, { name, pins }: PlannedCluster): Problem[] {
  const unused = new Set(pins.unused());
  return [...pins.all()]
    .filter(([pin, { file }]) => file === exceptionsFile(name) && unused.has(pin))
    .map(([pin, { file }]) => ({
      what: `the exception "${pin}" has no effect: the cluster does not use this pin`,
      file: lineOf(root, file, [pin]),
      fix: 'remove it',
    }));
}
