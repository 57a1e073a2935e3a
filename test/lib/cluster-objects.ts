import type { SecretByHand } from '../../charts/cloud/cloud.ts';
import type { Pods } from '../../charts/lib/network.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import type { Waiver } from '../../charts/waivers.ts';

/** The objects of one cluster in dist, with what they may depend on that is not in dist. */
export interface ClusterObjects {
  readonly name: string;
  readonly objects: readonly ManifestFile[];
  /** Identities and capabilities that exist before the first sync; see preinstalledOn. */
  readonly preinstalled: ReadonlySet<string>;
  /** Secrets that people create before the first sync; `preinstalled` has their identities too. */
  readonly secretsByHand: readonly SecretByHand[];
  /** Pods of cluster DNS, which the cluster itself runs. */
  readonly dnsPods: readonly Pods[];
  /** Why its StorageClass is not in dist, and may delete a disk with its claim; undefined if it is. */
  readonly existingStorage: string | undefined;
  /** Regions that the secret store copies its entries to, beside copies of the backups. */
  readonly secretReplicaRegions: readonly string[];
  /** True if its nodes can give each pod a user namespace of its own. */
  readonly userNamespaces: boolean;
  /** Capabilities of components whose manifests are in another repository, by component. */
  readonly provides: ReadonlyMap<string, readonly string[]>;
  /** Names of the AppProjects that components hand out, for Applications that are not in dist. */
  readonly handedOut: ReadonlySet<string>;
  /** Explicit dependencies that no manifest shows: the identity of an object, and of the one to be healthy first. */
  readonly stated: readonly (readonly [string, string])[];
  /** The components that are entries of `manifests`, whose objects others wrote. */
  readonly adopted: ReadonlySet<string>;
  /** What their objects need not meet. */
  readonly waivers: readonly Waiver[];
}

/** A cluster of a test, with what the test states of it. */
export function clusterOf(stated: Partial<ClusterObjects>): ClusterObjects {
  return {
    name: 'test',
    objects: [],
    preinstalled: new Set(),
    secretsByHand: [],
    dnsPods: [],
    existingStorage: undefined,
    secretReplicaRegions: [],
    userNamespaces: false,
    provides: new Map(),
    handedOut: new Set(),
    stated: [],
    adopted: new Set(),
    waivers: [],
    ...stated,
  };
}

/** The component that holds Applications and AppProjects. */
export const APPLICATIONS = 'applications';

/** All objects, without their files. */
export function manifestsOf(cluster: ClusterObjects): Manifest[] {
  return cluster.objects.map(({ manifest }) => manifest);
}

/** All objects of the given kinds. */
export function ofKind(cluster: ClusterObjects, ...kinds: readonly string[]): Manifest[] {
  return manifestsOf(cluster).filter(({ kind }) => kinds.includes(kind));
}

/** The AppProjects that components hand out. */
export function handedOutProjects(cluster: ClusterObjects): Manifest[] {
  return ofKind(cluster, 'AppProject').filter(({ metadata }) => cluster.handedOut.has(metadata.name));
}

/** The namespaces in which others deploy: what runs there is not in dist. */
export function namespacesOfOthers(cluster: ClusterObjects): Set<string> {
  return new Set(
    handedOutProjects(cluster).flatMap((project) =>
      listAt(project, 'spec', 'destinations').map((destination) => textAt(destination, 'namespace') ?? ''),
    ),
  );
}

/** The object of a kind with this name, or undefined. */
export function named(
  cluster: ClusterObjects,
  kind: string,
  namespace: string | undefined,
  name: string,
): Manifest | undefined {
  return ofKind(cluster, kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

/** The components that have a folder in dist. */
export function componentsOf(cluster: ClusterObjects): string[] {
  return [...new Set(cluster.objects.map(({ component }) => component))];
}

/** One value of a manifest, with its path: `spec.ports[0].name`. */
export interface Value {
  readonly path: string;
  /** The last map key of the path; list indices do not count. */
  readonly key: string;
  readonly value: unknown;
}

/** Cached by manifest: manifests no longer change once they are checked, and a draft copies those that it changes. */
const VALUES = new WeakMap<Manifest, readonly Value[]>();

/** Every value of a manifest, maps and lists included, parents first. */
export function valuesOf(manifest: Manifest): readonly Value[] {
  const values = VALUES.get(manifest) ?? valuesBelow(manifest);
  VALUES.set(manifest, values);
  return values;
}

/** A value and every value below it. */
export function valuesBelow(root: unknown, path = '', key = ''): Value[] {
  const values: Value[] = [];
  const visit = (value: unknown, here: string, under: string): void => {
    values.push({ path: here, key: under, value });
    if (Array.isArray(value)) value.forEach((item: unknown, i) => visit(item, `${here}[${i}]`, under));
    else if (typeof value === 'object' && value !== null)
      for (const [k, v] of Object.entries(value)) visit(v, here ? `${here}.${k}` : k, k);
  };
  visit(root, path, key);
  return values;
}

/** The map of strings at a path; empty if it is absent. */
export function mapAt(value: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const found = at(value, ...path) ?? {};
  return Object.fromEntries(Object.keys(found).map((key) => [key, textAt(found, key) ?? '']));
}

/** The list of strings at a path; empty if it is absent. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): string[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.map(String) : [];
}

/** The items that occur more than once, each listed once. */
export function repeated(list: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(list.filter((item) => seen.size === seen.add(item).size))];
}
