import { textAt } from '../../charts/lib/manifest.ts';
import type { ClusterTrees } from '../../charts/plan/compare.ts';
import type { Own } from '../../charts/plan/group.ts';
import { type DistFile, TreeSnapshot } from '../../charts/plan/snapshot.ts';
import type { Git, GitChange } from '../git.ts';
import { type Blob, Manifests, placeOf } from './manifests.ts';

/** One of the two trees. */
export type Tree = 'before' | 'after';

/** The clusters of two trees of a repository. */
export class FleetTrees {
  readonly #git: Git;
  readonly #dist: string;
  readonly #before: string;
  readonly #after: string;

  /**
   * @param git the repository that has both trees
   * @param dist the folder of rendered files, relative to the repository's
   */
  constructor(git: Git, dist: string, before: string, after: string) {
    this.#git = git;
    this.#dist = dist;
    this.#before = before;
    this.#after = after;
  }

  /** Every cluster that either tree has, sorted. */
  names(): string[] {
    const folders = [this.#before, this.#after].flatMap((tree) => this.#git.folders(tree, this.#dist));
    return [...new Set(folders.map((path) => path.slice(this.#dist.length + 1)))].sort();
  }

  /** Those clusters of these that changed, one after the other: what only some of them have is forgotten after them. */
  *changed(names: readonly string[]): Generator<ClusterTrees> {
    const changes = this.#byCluster(this.#git.changes(this.#before, this.#after, [this.#dist]));
    const manifests = new Manifests(this.#git);
    for (const window of windowsOf(names, changes)) yield* this.#clusters(window, changes, manifests);
  }

  *#clusters(
    names: readonly string[],
    changes: ReadonlyMap<string, readonly GitChange[]>,
    manifests: Manifests,
  ): Generator<ClusterTrees> {
    const folders = names.map((name) => `${this.#dist}/${name}`);
    const now = this.#byCluster(this.#git.files(this.#after, folders));
    const changed = names.flatMap((name) => changes.get(name) ?? []);
    const gone = changed.flatMap(({ path, before }): Blob[] => (before === undefined ? [] : [{ path, sha: before }]));
    const come = changed.flatMap(({ after }) => after ?? []);
    manifests.open(
      [...names.flatMap((name) => now.get(name) ?? []), ...gone],
      [...gone.map(({ sha }) => sha), ...come],
    );
    for (const name of names) {
      const own = changes.get(name) ?? [];
      const fileOf = ({ path, sha }: Blob): DistFile => ({
        path,
        manifest: (next = 'kind') => manifests.get({ path, sha }, `${this.#dist}/${name}/${path}`, next),
      });
      const after = (now.get(name) ?? []).map(fileOf);
      yield { name, before: earlier(after, own, fileOf), after, changed: new Set(own.map(({ path }) => path)) };
    }
  }

  /** A cluster's folder in one of the trees: for questions about a few objects, since nothing of it is forgotten. */
  snapshot(tree: Tree, name: string): TreeSnapshot {
    const folder = `${this.#dist}/${name}`;
    const all = this.#git.files(tree === 'before' ? this.#before : this.#after, [folder]);
    const files = this.#byCluster(all).get(name) ?? [];
    const manifests = new Manifests(this.#git);
    manifests.open(files, []);
    return new TreeSnapshot(
      files.map((file) => ({
        path: file.path,
        manifest: (next = 'kind') => manifests.get(file, `${folder}/${file.path}`, next),
      })),
    );
  }

  /** What is these clusters' own: name, domain and facts. */
  owns(names: readonly string[]): Own[] {
    const paths = (name: string): readonly [cluster: string, facts: string] => [
      `${this.#dist}/${name}/cluster.json`,
      `clusters/${name}/facts.json`,
    ];
    const all = names.flatMap(paths);
    const files = [this.#before, this.#after].flatMap((tree) => (all.length > 0 ? this.#git.files(tree, all) : []));
    const shas = new Map(files.map(({ path, sha }) => [path, sha]));
    const texts = this.#git.contents([...new Set(shas.values())]);
    const json = (path: string): unknown => parsed(texts.get(shas.get(path) ?? ''));
    return names.map((name) => {
      const [cluster, facts] = paths(name);
      return {
        cluster: name,
        values: { domain: textAt(json(cluster), 'domain') ?? '', ...leaves(json(facts), 'facts') },
      };
    });
  }

  /** The texts of a file of both trees; undefined where there is none. */
  textsOf(path: string): readonly [before: string | undefined, after: string | undefined] {
    return [this.#textOf(this.#before, path), this.#textOf(this.#after, path)];
  }

  #textOf(tree: string, path: string): string | undefined {
    const [file] = this.#git.files(tree, [path]);
    return file && this.#git.contents([file.sha]).get(file.sha);
  }

  /** What concerns objects of clusters, with paths in their folders. */
  #byCluster<T extends { readonly path: string }>(files: readonly T[]): Map<string, T[]> {
    const clusters = new Map<string, T[]>();
    const start = this.#dist.length + 1;
    for (const file of files) {
      const slash = file.path.indexOf('/', start);
      const path = slash < 0 ? undefined : placeOf(file.path.slice(slash + 1));
      if (path === undefined) continue;
      const name = file.path.slice(start, slash);
      const own = clusters.get(name);
      if (own) own.push({ ...file, path });
      else clusters.set(name, [{ ...file, path }]);
    }
    return clusters;
  }
}

/** Files that change in the clusters of a window, unless it has only one: what bounds the memory that a plan takes. */
const WINDOW = 4000;

/** The changed clusters of these, in their order, some at a time. */
function windowsOf(names: readonly string[], changes: ReadonlyMap<string, readonly GitChange[]>): string[][] {
  const windows: string[][] = [];
  let files = WINDOW;
  for (const name of names) {
    const own = changes.get(name)?.length ?? 0;
    if (own === 0) continue;
    if (files + own > WINDOW) {
      windows.push([]);
      files = 0;
    }
    windows.at(-1)?.push(name);
    files += own;
  }
  return windows;
}

/** What a cluster had before some changes, in the order of paths; what did not change is one file of both trees. */
function earlier(
  after: readonly DistFile[],
  changes: readonly GitChange[],
  fileOf: (blob: Blob) => DistFile,
): DistFile[] {
  const was = new Map(
    changes.map(({ path, before }) => [path, before === undefined ? [] : [fileOf({ path, sha: before })]]),
  );
  const files = after.flatMap((file) => was.get(file.path) ?? file);
  const gone = changes.filter((change) => change.after === undefined).flatMap(({ path }) => was.get(path) ?? []);
  return gone.length === 0 ? files : [...files, ...gone].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

/** The texts in a JSON value, by their path. */
function leaves(value: unknown, path: string): Record<string, string> {
  if (typeof value === 'string') return { [path]: value };
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => leaves(inner, `${path}.${key}`))) as Record<
    string,
    string
  >;
}
