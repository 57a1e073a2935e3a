import { Fault } from '../../charts/fault.ts';
import { grouped } from '../../charts/lib/grouped.ts';
import { at, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { Next } from '../../charts/plan/snapshot.ts';
import type { Git } from '../git.ts';
import { Recent } from './recent.ts';
import { Sections } from './sections.ts';

/** An object of Git with one of the places where it is. */
export interface Blob {
  readonly sha: string;
  /** In the cluster's folder: `mongo/Service.mongo.yaml`. */
  readonly path: string;
}

/**
 * Manifests by their object in Git, so that what many clusters have is read and parsed once. Clusters come in windows:
 * what a window asks for is read for all of its clusters in one go, and what neither it nor the one before asked for is
 * forgotten.
 */
export class Manifests {
  readonly #git: Git;
  /** The objects of the window, by kind. */
  #wanted: ReadonlyMap<string, readonly Blob[]> = new Map();
  readonly #texts = new Map<string, string>();
  readonly #manifests = new Recent<Manifest>();
  readonly #sections = new Sections();

  constructor(git: Git) {
    this.#git = git;
  }

  /**
   * Starts the next window.
   *
   * @param wanted what its clusters have
   * @param first what is read in one go, since they will ask for it
   */
  open(wanted: readonly Blob[], first: readonly Blob[]): void {
    this.#manifests.next();
    this.#sections.next();
    this.#texts.clear();
    this.#wanted = grouped(wanted, ({ path }) => kindIn(path));
    this.#read(first.map(({ sha }) => sha));
  }

  /**
   * @param where the path of the file, for the message
   * @param next what will be asked for next: everything of the kind, or only the same object of other clusters
   * @throws Fault if it is no Kubernetes object
   */
  get({ sha, path }: Blob, where: string, next: Next): Manifest {
    return this.#manifests.get(sha, () => {
      const as = path === FOR_TERRAFORM ? terraformInput : undefined;
      return objectIn(this.#textOf({ sha, path }, next), where, as, this.#sections);
    });
  }

  #textOf({ sha, path }: Blob, next: Next): string {
    if (!this.#texts.has(sha)) {
      const ofKind = this.#wanted.get(kindIn(path)) ?? [];
      this.#read((next === 'kind' ? ofKind : ofKind.filter((one) => one.path === path)).map((one) => one.sha));
    }
    const text = this.#texts.get(sha) ?? '';
    this.#texts.delete(sha);
    return text;
  }

  #read(shas: readonly string[]): void {
    const isKnown = (sha: string): boolean => this.#manifests.has(sha) || this.#texts.has(sha);
    const unread = [...new Set(shas)].filter((sha) => !isKnown(sha));
    for (const [sha, text] of this.#git.contents(unread)) this.#texts.set(sha, text);
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

/**
 * The object of a file of dist.
 *
 * @param as what the file's values are as an object. @default the values themselves
 * @param sections of other objects, which are read once
 * @throws Fault if it is no Kubernetes object
 */
export function objectIn(
  text: string,
  where: string,
  as = (values: unknown): unknown => values,
  sections = new Sections(),
): Manifest {
  try {
    const value = as(sections.read(text));
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

/** The kind of an object, by the path of its file. */
export function kindIn(path: string): string {
  const from = path.indexOf('/') + 1;
  return path.slice(from, path.indexOf('.', from));
}
