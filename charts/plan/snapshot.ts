import { ROOT } from '../lib/argo.ts';
import { grouped } from '../lib/grouped.ts';
import { identityOf, type Manifest, textAt } from '../lib/manifest.ts';
import type { Placed, Snapshot } from './change.ts';

/** Folder of a cluster with its Applications. */
export const APPLICATIONS = 'applications';

/** A file of a cluster's folder in dist. */
export interface DistFile {
  /** `mongo/StatefulSet.mongo.yaml` */
  readonly path: string;
  /** Its object, parsed when it is asked for. */
  readonly manifest: (next?: Next) => Manifest;
}

/** What is read along with a file: its whole kind, which is the default, or this object of other clusters alone. */
export type Next = 'kind' | 'object';

/** A cluster's folder in dist at one commit. Only the files that are asked for are read. */
export class TreeSnapshot implements Snapshot {
  readonly #byKind: ReadonlyMap<string, readonly DistFile[]>;
  readonly #byFolder: ReadonlyMap<string, readonly DistFile[]>;
  readonly #read = new Map<string, readonly Placed[]>();
  readonly #identities = new Map<string, Map<string, Placed>>();
  readonly #applications = new Map<string, Placed | undefined>();
  readonly #applicationFiles: ReadonlyMap<string, DistFile>;
  readonly #owners = new Map<string, string>();

  readonly #files: readonly DistFile[];

  constructor(files: readonly DistFile[]) {
    this.#files = files;
    this.#byKind = grouped(files, ({ path }) => kindIn(path));
    this.#byFolder = grouped(files, ({ path }) => folderOf(path));
    const applications = (this.#byKind.get('Application') ?? []).filter(({ path }) => folderOf(path) === APPLICATIONS);
    this.#applicationFiles = new Map(applications.map((file) => [file.path, file]));
  }

  ofKind(kind: string): readonly Placed[] {
    const known = this.#read.get(kind);
    if (known) return known;
    const placed = (this.#byKind.get(kind) ?? []).map((file) => this.#placed(file));
    this.#read.set(kind, placed);
    return placed;
  }

  find(identity: string): Placed | undefined {
    const kind = identity.split('|')[1] ?? '';
    const known = this.#identities.get(kind);
    const all = known ?? new Map(this.ofKind(kind).map((placed) => [identityOf(placed.manifest), placed]));
    if (!known) this.#identities.set(kind, all);
    return all.get(identity);
  }

  ofApplication(name: string): readonly Placed[] {
    const folders = [...this.#byFolder.keys()].filter((folder) => this.applicationOf(folder) === name);
    return folders.flatMap((folder) => (this.#byFolder.get(folder) ?? []).map((file) => this.#placed(file)));
  }

  all(): readonly Placed[] {
    return [...this.#byKind.keys()].flatMap((kind) => this.ofKind(kind));
  }

  /** The objects of some files. */
  inFiles(paths: ReadonlySet<string>): readonly Placed[] {
    return this.#files.filter(({ path }) => paths.has(path)).map((file) => this.#placed(file));
  }

  /** The Application that syncs a folder; if none says so, one of its name. */
  applicationOf(folder: string): string {
    if (folder === APPLICATIONS) return ROOT;
    const known = this.#owners.get(folder) ?? this.#ownerOf(folder) ?? folder;
    this.#owners.set(folder, known);
    return known;
  }

  #ownerOf(folder: string): string | undefined {
    // They have one name, as a rule: then no other Application is read.
    const own = this.application(folder)?.manifest;
    const all = (): Manifest[] => [...this.#applicationFiles.values()].map((file) => file.manifest());
    return (own && folderSyncedBy(own) === folder ? own : all().findLast((one) => folderSyncedBy(one) === folder))
      ?.metadata.name;
  }

  application(name: string): Placed | undefined {
    if (this.#applications.has(name)) return this.#applications.get(name);
    const file = this.#applicationFiles.get(`${APPLICATIONS}/Application.${name}.yaml`);
    const likely = file && this.#placed(file, 'object');
    const isIt = ({ manifest }: Placed): boolean => manifest.metadata.name === name;
    const found = likely && isIt(likely) ? likely : this.ofKind('Application').find(isIt);
    this.#applications.set(name, found);
    return found;
  }

  #placed(file: DistFile, next?: Next): Placed {
    return new PlacedFile(this, file.path, file.manifest(next));
  }
}

/** Of most objects nobody asks which Application syncs them. */
class PlacedFile implements Placed {
  readonly #tree: TreeSnapshot;
  readonly #path: string;
  readonly manifest: Manifest;

  constructor(tree: TreeSnapshot, path: string, manifest: Manifest) {
    this.#tree = tree;
    this.#path = path;
    this.manifest = manifest;
  }

  get application(): string {
    return this.#tree.applicationOf(folderOf(this.#path));
  }
}

function folderSyncedBy(application: Manifest): string | undefined {
  return textAt(application, 'spec', 'source', 'path')?.split('/').at(-1);
}

function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

function kindIn(path: string): string {
  const name = path.slice(path.indexOf('/') + 1);
  return name.slice(0, name.indexOf('.'));
}
