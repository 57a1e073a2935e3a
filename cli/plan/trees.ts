import { load } from 'js-yaml';
import { Fault } from '../../charts/fault.ts';
import { at, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { ClusterTrees } from '../../charts/plan/compare.ts';
import type { Own } from '../../charts/plan/group.ts';
import type { DistFile } from '../../charts/plan/snapshot.ts';
import type { Git, GitFile } from './git.ts';

/** The clusters of two trees of a repository. */
export class FleetTrees {
  readonly #git: Git;
  readonly #dist: string;
  readonly #files: { readonly before: readonly GitFile[]; readonly after: readonly GitFile[] };
  readonly #texts = new Map<string, string>();
  readonly #manifests = new Map<string, Manifest>();
  /** The objects of the changed clusters that Git has, by kind: those of a kind are read in one go. */
  readonly #kinds = new Map<string, Set<string>>();

  /**
   * @param git the repository that has both trees
   * @param dist the folder of rendered files, relative to the repository's
   */
  constructor(git: Git, dist: string, before: string, after: string) {
    this.#git = git;
    this.#dist = dist;
    const files = (tree: string): GitFile[] => git.files(tree, [dist, 'clusters']);
    this.#files = { before: files(before), after: files(after) };
  }

  /** Every cluster that either tree has, sorted. */
  names(): string[] {
    const { before, after } = this.#files;
    return [...new Set([...before, ...after].flatMap(({ path }) => this.#partsOf(path)?.cluster ?? []))].sort();
  }

  /** Those clusters of these that changed. */
  changed(names: readonly string[]): ClusterTrees[] {
    const [before, after] = [this.#files.before, this.#files.after].map((files) => this.#byCluster(files));
    const found = names.flatMap((name) => {
      const [was, is] = [before?.get(name) ?? new Map<string, string>(), after?.get(name) ?? new Map<string, string>()];
      const changed = new Set([...was.keys(), ...is.keys()].filter((path) => was.get(path) !== is.get(path)));
      return changed.size > 0 ? [{ name, was, is, changed }] : [];
    });
    for (const { was, is } of found)
      for (const files of [was, is])
        for (const [path, sha] of files) {
          const kind = kindIn(path);
          this.#kinds.set(kind, (this.#kinds.get(kind) ?? new Set()).add(sha));
        }
    return found.map(({ name, was, is, changed }) => ({
      name,
      before: this.#distFiles(name, was),
      after: this.#distFiles(name, is),
      changed,
    }));
  }

  /** What is these clusters' own: name, domain and facts. */
  owns(names: readonly string[]): Own[] {
    const files = new Map([...this.#files.before, ...this.#files.after].map(({ path, sha }) => [path, sha]));
    const json = (path: string): unknown => {
      const sha = files.get(path);
      if (sha === undefined) return undefined;
      const text = this.#git.contents([sha]).get(sha) ?? '';
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    };
    return names.map((cluster) => ({
      cluster,
      values: {
        domain: textAt(json(`${this.#dist}/${cluster}/cluster.json`), 'domain') ?? '',
        ...leaves(json(`clusters/${cluster}/facts.json`), 'facts'),
      },
    }));
  }

  /** The text of a file of the second tree; undefined if it has none. */
  textOf(path: string): string | undefined {
    const sha = this.#files.after.find((file) => file.path === path)?.sha;
    return sha === undefined ? undefined : this.#git.contents([sha]).get(sha);
  }

  #byCluster(files: readonly GitFile[]): Map<string, Map<string, string>> {
    const clusters = new Map<string, Map<string, string>>();
    for (const { path, sha } of files) {
      const parts = this.#partsOf(path);
      const file = parts?.rest === TERRAFORM_INPUT ? FOR_TERRAFORM : parts?.rest;
      if (!parts || !file || !/^[^/]+\/[^/]+\.(yaml|json)$/.test(file)) continue;
      const cluster = clusters.get(parts.cluster) ?? new Map<string, string>();
      clusters.set(parts.cluster, cluster.set(file, sha));
    }
    return clusters;
  }

  #partsOf(path: string): { readonly cluster: string; readonly rest: string } | undefined {
    if (!path.startsWith(`${this.#dist}/`)) return undefined;
    const inner = path.slice(this.#dist.length + 1);
    const slash = inner.indexOf('/');
    return slash < 0 ? undefined : { cluster: inner.slice(0, slash), rest: inner.slice(slash + 1) };
  }

  #distFiles(cluster: string, files: ReadonlyMap<string, string>): DistFile[] {
    return [...files].map(([path, sha]) => ({ path, manifest: () => this.#manifestOf(sha, `${cluster}/${path}`) }));
  }

  #manifestOf(sha: string, path: string): Manifest {
    const known = this.#manifests.get(sha);
    if (known) return known;
    const parsed = this.#parse(this.#textOf(sha, kindIn(path.slice(path.indexOf('/') + 1))), path);
    this.#manifests.set(sha, parsed);
    return parsed;
  }

  #textOf(sha: string, kind: string): string {
    if (!this.#texts.has(sha)) {
      const wanted = [...(this.#kinds.get(kind) ?? [sha])].filter((one) => !this.#manifests.has(one));
      for (const [one, text] of this.#git.contents(wanted)) this.#texts.set(one, text);
    }
    const text = this.#texts.get(sha) ?? '';
    this.#texts.delete(sha);
    return text;
  }

  #parse(text: string, path: string): Manifest {
    try {
      const value = path.endsWith(FOR_TERRAFORM) ? terraformInput(load(text)) : load(text);
      if (textAt(value, 'kind') !== undefined && textAt(at(value, 'metadata'), 'name') !== undefined)
        return value as Manifest;
    } catch {
      // The message is the same: it is no object.
    }
    throw new Fault({
      what: 'a file of dist is no Kubernetes object',
      where: `${this.#dist}/${path}`,
      seen: text.slice(0, 60).split('\n')[0],
      fix: 'render it again: npm run synth',
    });
  }
}

/** Beside the folders that Argo CD syncs is what Terraform reads: an object of an Application of its own, for the plan. */
const TERRAFORM_INPUT = 'cluster.json';
const FOR_TERRAFORM = `terraform/${TERRAFORM_INPUT}`;

function terraformInput(values: unknown): unknown {
  return {
    apiVersion: 'slipway.dev/v1',
    kind: TERRAFORM_INPUT,
    metadata: { name: at(values, 'name') },
    ...(values as object),
  };
}

function kindIn(path: string): string {
  return path.slice(path.indexOf('/') + 1).split('.')[0] ?? '';
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
