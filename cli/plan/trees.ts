import { textAt } from '../../charts/lib/manifest.ts';
import type { ClusterTrees } from '../../charts/plan/compare.ts';
import type { Own } from '../../charts/plan/group.ts';
import { type DistFile, TreeSnapshot } from '../../charts/plan/snapshot.ts';
import type { Git, GitChange } from '../git.ts';
import { type Blob, kindIn, Manifests, placeOf } from './manifests.ts';

/** One of the two trees. */
export type Tree = 'before' | 'after';

/** The clusters of two trees of a repository. */
export class FleetTrees {
  readonly #git: Git;
  readonly #dist: string;
  readonly #before: string;
  readonly #after: string;
  readonly #owns = new Map<string, Own>();
  #changes: ReadonlyMap<string, GitChange> | undefined;

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
    const folders = this.#git.folders(this.#after, this.#dist).map((path) => path.slice(this.#dist.length + 1));
    // What only the first tree has is gone in the other one.
    const gone = this.#changesOfDist().flatMap(({ path }) => {
      const [name = '', file] = path.slice(this.#dist.length + 1).split('/', 2);
      return file === undefined ? [] : [name];
    });
    return [...new Set([...folders, ...gone])].sort();
  }

  /** Those clusters of these that changed, one after the other: what only some of them have is forgotten after them. */
  *changed(names: readonly string[]): Generator<ClusterTrees> {
    const changes = this.#byCluster(this.#changesOfDist());
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
    const come = changed.flatMap(({ path, after }): Blob[] => (after === undefined ? [] : [{ path, sha: after }]));
    const all = [...names.flatMap((name) => now.get(name) ?? []), ...gone];
    manifests.open(all, all.length > FEW ? [...gone, ...come] : all);
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

  /**
   * A cluster's folder in one of the trees: for questions about a few objects, since nothing of it is forgotten.
   *
   * @param kinds what will be asked for
   */
  snapshot(tree: Tree, name: string, kinds: ReadonlySet<string>): TreeSnapshot {
    const folder = `${this.#dist}/${name}`;
    const all = this.#git.files(tree === 'before' ? this.#before : this.#after, [folder]);
    const files = this.#byCluster(all).get(name) ?? [];
    const manifests = new Manifests(this.#git);
    manifests.open(
      files,
      files.filter(({ path }) => kinds.has(kindIn(path))),
    );
    return new TreeSnapshot(
      files.map((file) => ({
        path: file.path,
        manifest: (next = 'kind') => manifests.get(file, `${folder}/${file.path}`, next),
      })),
    );
  }

  /** What is these clusters' own: name, domain and facts. */
  owns(names: readonly string[]): Own[] {
    const unknown = names.filter((name) => !this.#owns.has(name));
    if (unknown.length > 0) for (const own of this.#readOwns(unknown)) this.#owns.set(own.cluster, own);
    return names.flatMap((name) => this.#owns.get(name) ?? []);
  }

  #readOwns(names: readonly string[]): Own[] {
    const paths = (name: string): readonly [cluster: string, facts: string] => [
      `${this.#dist}/${name}/cluster.json`,
      `${CLUSTERS}/${name}/facts.json`,
    ];
    const shas = new Map(
      [...this.#objects(names.flatMap(paths))].map(([path, { before, after }]) => [path, after ?? before]),
    );
    const texts = this.#git.contents([...new Set(shas.values())].filter((sha) => sha !== undefined));
    const json = (path: string): unknown => parsed(texts.get(shas.get(path) ?? ''));
    return names.map((name) => {
      const [cluster, facts] = paths(name);
      return {
        cluster: name,
        values: { domain: textAt(json(cluster), 'domain') ?? '', ...leaves(json(facts), 'facts') },
      };
    });
  }

  /** The texts of a file of dist or `clusters/` in both trees; undefined where there is none. */
  textsOf(path: string): readonly [before: string | undefined, after: string | undefined] {
    const { before = '', after = '' } = this.#objects([path]).get(path) ?? {};
    const texts = this.#git.contents([...new Set([before, after])].filter((sha) => sha !== ''));
    return [texts.get(before), texts.get(after)];
  }

  /** The objects of files of dist or `clusters/` in both trees: those that are the same in both are listed once. */
  #objects(paths: readonly string[]): ReadonlyMap<string, Pick<GitChange, Tree>> {
    const now = this.#git
      .files(this.#after, paths)
      .map(({ path, sha }) => [path, { before: sha, after: sha }] as const);
    const changes = paths
      .flatMap((path) => this.#allChanges().get(path) ?? [])
      .map((change) => [change.path, change] as const);
    return new Map<string, Pick<GitChange, Tree>>([...now, ...changes]);
  }

  /** What differs in dist and `clusters/`, by path. */
  #allChanges(): ReadonlyMap<string, GitChange> {
    this.#changes ??= new Map(
      this.#git.changes(this.#before, this.#after, [this.#dist, CLUSTERS]).map((change) => [change.path, change]),
    );
    return this.#changes;
  }

  #changesOfDist(): GitChange[] {
    return [...this.#allChanges().values()].filter(({ path }) => path.startsWith(`${this.#dist}/`));
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

/** What people write of clusters. */
const CLUSTERS = 'clusters';

/** So many files are read in one go: to ask Git for those of each kind takes longer. */
const FEW = 2000;

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
