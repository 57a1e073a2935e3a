import type { ClusterObjects } from '../lib/cluster-objects.ts';

/** A rule that every cluster must satisfy. */
export interface Invariant {
  readonly name: string;
  /** One sentence for each violation: the object and its defect. */
  readonly check: (cluster: ClusterObjects) => string[];
  /** The exceptions that apply to no violation on any of these clusters. */
  readonly unneeded: (clusters: readonly ClusterObjects[]) => string[];
}

/**
 * Accepted violations, with the reason for each. A key is the sentence of a violation, in which `*` matches any text.
 */
export type Exceptions = Readonly<Record<string, string>>;

/** An invariant with its exceptions, which are applied to the violations that `find` returns. */
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
