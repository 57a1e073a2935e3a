import { at, identityOf, label, type Manifest } from '../../charts/lib/manifest.ts';
import type { ManifestFile } from '../../charts/render/files.ts';
import type { ClusterObjects } from './cluster-objects.ts';

/** The cluster lacks the object or field that a mutation changes. */
export class Missing extends Error {}

type Path = readonly (string | number)[];

/**
 * A copy of a cluster for a mutation to change: objects are copied when they are first found. A change without an
 * effect throws Missing.
 */
export class Draft implements ClusterObjects {
  readonly name: string;
  readonly preinstalled: ReadonlySet<string>;
  readonly dnsPods: ClusterObjects['dnsPods'];
  readonly userNamespaces: boolean;
  secretsByHand: ClusterObjects['secretsByHand'];
  readonly existingStorage: ClusterObjects['existingStorage'];
  readonly secretReplicaRegions: ClusterObjects['secretReplicaRegions'];
  readonly adopted: ReadonlySet<string>;
  readonly waivers: ClusterObjects['waivers'];
  readonly provides: Map<string, readonly string[]>;
  readonly handedOut: ReadonlySet<string>;
  readonly stated: (readonly [string, string])[];
  objects: ManifestFile[];
  private readonly copies = new Set<Manifest>();

  constructor(cluster: ClusterObjects) {
    this.name = cluster.name;
    this.preinstalled = cluster.preinstalled;
    this.dnsPods = cluster.dnsPods;
    this.userNamespaces = cluster.userNamespaces;
    this.secretsByHand = cluster.secretsByHand;
    this.existingStorage = cluster.existingStorage;
    this.secretReplicaRegions = cluster.secretReplicaRegions;
    this.adopted = cluster.adopted;
    this.waivers = cluster.waivers;
    this.provides = new Map(cluster.provides);
    this.handedOut = cluster.handedOut;
    this.stated = [...cluster.stated];
    this.objects = [...cluster.objects];
  }

  /** The first object of a kind, optionally with this name or matching this predicate. */
  find(kind: string, which: string | ((manifest: Manifest) => boolean) = () => true): Manifest {
    const matches = typeof which === 'string' ? (m: Manifest) => m.metadata.name === which : which;
    const i = this.objects.findIndex(({ manifest }) => manifest.kind === kind && matches(manifest));
    const file = this.objects[i];
    if (!file) throw new Missing(`no matching ${kind}`);
    if (this.copies.has(file.manifest)) return file.manifest;
    const manifest = structuredClone(file.manifest);
    this.copies.add(manifest);
    this.objects[i] = { ...file, manifest };
    return manifest;
  }

  /** Sets a field, whose parent must exist. */
  set(manifest: Manifest, path: Path, value: unknown): void {
    const [parent, key] = this.parentOf(manifest, path);
    if (JSON.stringify(parent[key]) === JSON.stringify(value))
      throw new Missing(`${label(manifest)} already has this value at ${path.join('.')}`);
    parent[key] = value;
  }

  /** Removes a field or a list item. */
  drop(manifest: Manifest, ...path: Path): void {
    const [parent, key] = this.parentOf(manifest, path);
    if (parent[key] === undefined) throw new Missing(`${label(manifest)} has nothing at ${path.join('.')}`);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }

  /** Moves a field to the end of its map. */
  moveLast(manifest: Manifest, ...path: Path): void {
    const value = at(manifest, ...path);
    this.drop(manifest, ...path);
    this.set(manifest, path, value);
  }

  /** Appends to a list, which is created if it is absent. */
  push(manifest: Manifest, path: Path, item: unknown): void {
    const [parent, key] = this.parentOf(manifest, path);
    const list: unknown = parent[key] ?? [];
    if (!Array.isArray(list)) throw new Missing(`${label(manifest)} has no list at ${path.join('.')}`);
    parent[key] = [...(list as unknown[]), item];
  }

  /** Removes an object. */
  remove(manifest: Manifest): void {
    const file = this.file(manifest);
    this.objects = this.objects.filter((o) => o !== file);
  }

  /** Adds an explicit dependency of one object on another. */
  state(manifest: Manifest, after: Manifest): void {
    this.stated.push([identityOf(manifest), identityOf(after)]);
  }

  /** Removes all objects of a component. */
  removeComponent(name: string): void {
    const others = this.objects.filter(({ component }) => component !== name);
    if (others.length === this.objects.length) throw new Missing(`no component ${name}`);
    this.objects = others;
  }

  /** Adds an object to a component, in a file named after it. */
  add(component: string, manifest: Manifest): Manifest {
    this.copies.add(manifest);
    this.objects = [
      ...this.objects,
      { component, path: `${component}/${manifest.kind}.${manifest.metadata.name}.yaml`, manifest },
    ];
    return manifest;
  }

  /** Adds a copy of an object under another name. */
  copy(manifest: Manifest, name: string): Manifest {
    const { component } = this.file(manifest);
    const duplicate = structuredClone(manifest);
    this.set(duplicate, ['metadata', 'name'], name);
    return this.add(component, duplicate);
  }

  /** Changes the path or the component of an object's file. */
  refile(manifest: Manifest, change: Partial<Pick<ManifestFile, 'path' | 'component'>>): void {
    const file = this.file(manifest);
    this.objects = this.objects.map((o) => (o === file ? { ...o, ...change } : o));
  }

  private file(manifest: Manifest): ManifestFile {
    const file = this.objects.find((o) => o.manifest === manifest);
    if (!file) throw new Missing(`${identityOf(manifest)} is not in the draft`);
    return file;
  }

  private parentOf(manifest: Manifest, path: Path): [Record<string | number, unknown>, string | number] {
    const parent = at(manifest, ...path.slice(0, -1));
    if (typeof parent !== 'object' || parent === null)
      throw new Missing(`${label(manifest)} has nothing at ${path.slice(0, -1).join('.')}`);
    return [parent as Record<string | number, unknown>, path.at(-1) ?? ''];
  }
}
