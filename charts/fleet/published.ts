import type { Repository } from '../applications.ts';

/** What stands for the name of a cluster in the setting `published`. */
export const CLUSTER = '{cluster}';

/** The branch of a repository of its own that no revision is given for. */
const OWN_BRANCH = 'main';

/** Where the Argo CD of a cluster reads dist. */
export interface Source {
  readonly url: string;
  readonly revision: string;
}

/** Where the Argo CD of a cluster reads dist: the repository itself, unless it is published elsewhere. */
export function sourceOf({ url, revision, published }: Repository, cluster: string): Source {
  if (published === undefined) return { url, revision };
  const named = (text: string): string => text.replaceAll(CLUSTER, cluster);
  return { url: named(published.url ?? url), revision: named(published.revision ?? OWN_BRANCH) };
}

/** The branches that a pattern may name, as an expression that matches these and what is below them. */
export function branchesOf(pattern: string): RegExp {
  const literal = pattern.split(CLUSTER).map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('[^/]+')}(/|$)`);
}
