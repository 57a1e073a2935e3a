import { ROOT } from '../lib/argo.ts';
import { identityOf, type Manifest, textAt } from '../lib/manifest.ts';
import type { Placed, Snapshot } from './change.ts';

/** Folder of a cluster with its Applications. */
export const APPLICATIONS = 'applications';

/** A file of a cluster's folder in dist. */
export interface DistFile {
  /** `mongo/StatefulSet.mongo.yaml` */
  readonly path: string;
  /** Its object, parsed when it is asked for. */
  readonly manifest: () => Manifest;
}

/** A cluster's folder in dist at one commit. Only the files that are asked for are read. */
export class TreeSnapshot implements Snapshot {
  readonly #byKind = new Map<string, readonly DistFile[]>();
  readonly #byFolder = new Map<string, readonly DistFile[]>();
  readonly #read = new Map<string, readonly Placed[]>();
  readonly #identities = new Map<string, Map<string, Placed>>();
  #owners: ReadonlyMap<string, string> | undefined;

  readonly #files: readonly DistFile[];

  constructor(files: readonly DistFile[]) {
    this.#files = files;
    const append = (map: Map<string, readonly DistFile[]>, key: string, file: DistFile): void => {
      map.set(key, [...(map.get(key) ?? []), file]);
    };
    for (const file of files) {
      append(this.#byKind, kindIn(file.path), file);
      append(this.#byFolder, folderOf(file.path), file);
    }
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
    this.#owners ??= new Map(
      (this.#byFolder.get(APPLICATIONS) ?? []).flatMap((file): [string, string][] => {
        if (kindIn(file.path) !== 'Application') return [];
        const application = file.manifest();
        const path = textAt(application, 'spec', 'source', 'path');
        return path === undefined ? [] : [[path.split('/').at(-1) ?? '', application.metadata.name]];
      }),
    );
    return this.#owners.get(folder) ?? folder;
  }

  #placed(file: DistFile): Placed {
    return { manifest: file.manifest(), application: this.applicationOf(folderOf(file.path)) };
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

function kindIn(path: string): string {
  const name = path.slice(path.indexOf('/') + 1);
  return name.slice(0, name.indexOf('.'));
}
