import type { ClusterObjects } from '../lib/cluster-objects.ts';

/** What must hold for every cluster. */
export interface Invariant {
  readonly name: string;
  /** One sentence for each violation: the object, and what is wrong with it. */
  readonly check: (cluster: ClusterObjects) => string[];
  /** Exceptions that let nothing through on any of these clusters. */
  readonly unneeded: (clusters: readonly ClusterObjects[]) => string[];
}

/**
 * Violations that are let through, with the reason for each. A key is the violation's sentence; a `*` in it stands
 * for anything.
 */
export type Exceptions = Readonly<Record<string, string>>;

/** An invariant with its exceptions; `find` knows nothing of them. */
export function invariant(
  name: string,
  find: (cluster: ClusterObjects) => string[],
  exceptions: Exceptions = {},
): Invariant {
  const patterns = Object.keys(exceptions).map((key) => ({ key, pattern: glob(key) }));
  return {
    name,
    check: (cluster) => find(cluster).filter((sentence) => !patterns.some(({ pattern }) => pattern.test(sentence))),
    unneeded: (clusters) => {
      const found = patterns.length > 0 ? clusters.flatMap(find) : [];
      return patterns.filter(({ pattern }) => !found.some((sentence) => pattern.test(sentence))).map(({ key }) => key);
    },
  };
}

function glob(key: string): RegExp {
  const literal = key.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
