import { CORE_SCHEMA, load } from 'js-yaml';
import { Fault } from '../../charts/fault.ts';
import { at, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { Next } from '../../charts/plan/snapshot.ts';
import type { Git } from '../git.ts';

/** An object of Git with one of the places where it is. */
export interface Blob {
  readonly sha: string;
  /** In the cluster's folder: `mongo/Service.mongo.yaml`. */
  readonly path: string;
}

/**
 * Manifests by their object in Git, so that what many clusters have is read and parsed once. They are read when they are
 * asked for, with what will be asked for next, and forgotten with the last cluster that has them.
 */
export class Manifests {
  readonly #git: Git;
  /** How many clusters still have an object, by its path. */
  readonly #wanted = new Map<string, Map<string, number>>();
  readonly #paths = new Map<string, Set<string>>();
  readonly #texts = new Map<string, string>();
  readonly #manifests = new Map<string, Manifest>();

  constructor(git: Git) {
    this.#git = git;
  }

  /** Says that a cluster has an object. */
  want({ sha, path }: Blob): void {
    let wanted = this.#wanted.get(path);
    if (!wanted) {
      this.#wanted.set(path, (wanted = new Map()));
      const kind = kindIn(path);
      this.#paths.set(kind, (this.#paths.get(kind) ?? new Set()).add(path));
    }
    wanted.set(sha, (wanted.get(sha) ?? 0) + 1);
  }

  /** Says that one of the clusters that have an object is done. */
  release({ sha, path }: Blob): void {
    const wanted = this.#wanted.get(path);
    const left = (wanted?.get(sha) ?? 0) - 1;
    if (left > 0) return void wanted?.set(sha, left);
    wanted?.delete(sha);
    this.#manifests.delete(sha);
    this.#texts.delete(sha);
  }

  /**
   * @param where the path of the file, for the message
   * @param next what will be asked for next: everything of the kind, or only the same object of other clusters
   * @throws Fault if it is no Kubernetes object
   */
  get({ sha, path }: Blob, where: string, next: Next): Manifest {
    const known = this.#manifests.get(sha);
    if (known) return known;
    const paths = next === 'kind' ? (this.#paths.get(kindIn(path)) ?? []) : [path];
    const parsed = parse(this.#textOf(sha, paths), path, where);
    this.#manifests.set(sha, parsed);
    return parsed;
  }

  #textOf(sha: string, paths: Iterable<string>): string {
    if (!this.#texts.has(sha)) {
      const wanted = Array.from(paths, (path) => [...(this.#wanted.get(path)?.keys() ?? [])]).flat();
      const unread = wanted.filter((one) => !this.#manifests.has(one) && !this.#texts.has(one));
      for (const [one, text] of this.#git.contents([...new Set(unread)])) this.#texts.set(one, text);
    }
    const text = this.#texts.get(sha) ?? '';
    this.#texts.delete(sha);
    return text;
  }
}

/** Beside the folders that Argo CD syncs is what Terraform reads: an object of an Application of its own, for the plan. */
const TERRAFORM_INPUT = 'cluster.json';
const FOR_TERRAFORM = `terraform/${TERRAFORM_INPUT}`;

/** The place of a file in a plan, by its place in the cluster's folder; undefined if it is no object. */
export function placeOf(file: string): string | undefined {
  if (file === TERRAFORM_INPUT) return FOR_TERRAFORM;
  return /^[^/]+\/[^/]+\.(yaml|json)$/.test(file) ? file : undefined;
}

function parse(text: string, path: string, where: string): Manifest {
  return objectIn(text, where, path === FOR_TERRAFORM ? terraformInput : undefined);
}

/**
 * The object of a file of dist.
 *
 * @param as what the file's values are as an object. @default the values themselves
 * @throws Fault if it is no Kubernetes object
 */
export function objectIn(text: string, where: string, as = (values: unknown): unknown => values): Manifest {
  try {
    // As the API server reads it: a date is a text.
    const value = as(load(text, { schema: CORE_SCHEMA }));
    if (textAt(value, 'kind') !== undefined && textAt(at(value, 'metadata'), 'name') !== undefined)
      return value as Manifest;
  } catch {
    // The message is the same: it is no object.
  }
  throw new Fault({
    what: 'a file of dist is no Kubernetes object',
    where,
    seen: text.slice(0, 60).split('\n')[0],
    fix: 'render it again: npm run synth',
  });
}

function terraformInput(values: unknown): unknown {
  return {
    apiVersion: 'slipway.dev/v1',
    kind: TERRAFORM_INPUT,
    metadata: { name: at(values, 'name') },
    ...(values as object),
  };
}

function kindIn(path: string): string {
  const from = path.indexOf('/') + 1;
  return path.slice(from, path.indexOf('.', from));
}
