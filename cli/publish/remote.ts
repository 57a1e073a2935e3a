import type { Repository } from '../../charts/applications.ts';
import { Fault } from '../../charts/fault.ts';
import { sourceOf } from '../../charts/fleet/published.ts';
import { grouped } from '../../charts/lib/grouped.ts';
import type { Git } from '../git.ts';
import { type Tip, tipOf } from './rendition.ts';

/** The remote that has the repository that people work in. */
export const ORIGIN = 'origin';

/** The published branches of some clusters in one remote repository. */
export interface Remote {
  /** What Git calls it: the name of a remote, or a URL. */
  readonly name: string;
  /** The branch of each cluster. */
  readonly branches: ReadonlyMap<string, string>;
}

/** The remotes that clusters are published to. */
export function remotesOf(repository: Repository, clusters: readonly string[]): Remote[] {
  const sources = clusters.map((cluster) => ({ cluster, ...sourceOf(repository, cluster) }));
  // People and workflows may reach the repository by another URL than Argo CD: by SSH, or with a mirror between.
  const nameOf = ({ url }: { readonly url: string }): string => (url === repository.url ? ORIGIN : url);
  return [...grouped(sources, nameOf)].map(([name, some]) => ({
    name,
    branches: new Map(some.map(({ cluster, revision }) => [cluster, revision])),
  }));
}

/** Reads the tips of a remote's branches, after fetching those that are not here yet. */
export function tipsOf(git: Git, { name, branches }: Remote): Map<string, Tip> {
  const refs = [...branches].map(([cluster, branch]) => ({ cluster, ref: `refs/heads/${branch}` }));
  const listing = git.run(
    ['ls-remote', name, ...refs.map(({ ref }) => ref)],
    `the branches of ${name} cannot be listed`,
    'put right what Git says: the repository has to be there, and you have to have access to it',
  );
  // A pattern without a star also matches the end of longer names.
  const commits = new Map(listing.toString().split('\n').filter(Boolean).map(refAndCommit));
  const there = refs.flatMap(({ cluster, ref }) => {
    const commit = commits.get(ref);
    return commit === undefined ? [] : [{ cluster, ref, commit }];
  });
  const absent = there.filter(({ commit }) => !git.has(commit));
  if (absent.length > 0)
    git.run(
      ['fetch', '--quiet', '--no-tags', name, ...absent.map((one) => `+${one.ref}:refs/slipway/${one.cluster}`)],
      `branches of ${name} cannot be fetched`,
    );
  return new Map(there.map(({ cluster, commit }) => [cluster, tipOf(git, commit)]));
}

/** Pushes commits of clusters, all of them or none. @throws Fault if a branch has moved on, or Git may not push */
export function push(git: Git, { name, branches }: Remote, commits: ReadonlyMap<string, string>): void {
  git.run(
    [
      'push',
      '--quiet',
      '--atomic',
      name,
      ...[...commits].map(([one, sha]) => `${sha}:refs/heads/${branches.get(one)}`),
    ],
    `${[...commits.keys()].join(', ')} cannot be published to ${name}`,
  );
}

/**
 * The newest commit that clusters may be rendered from, fetched.
 *
 * @throws Fault if it cannot be fetched
 */
export function fetchNewest(git: Git, { revision }: Repository): string {
  git.run(
    ['fetch', '--quiet', '--no-tags', ORIGIN, revision],
    `${revision} of ${ORIGIN} cannot be fetched`,
    `put right what Git says: the remote ${ORIGIN} has to have what clusters/fleet.ts calls the revision`,
  );
  const newest = git.commit('FETCH_HEAD');
  if (!git.isShallow()) return newest;
  throw new Fault({
    what: 'this clone is shallow: which commit is newer, cannot be said',
    where: ORIGIN,
    fix: 'fetch the rest: `git fetch --unshallow`',
  });
}

function refAndCommit(line: string): [ref: string, commit: string] {
  const [commit = '', ref = ''] = line.split('\t');
  return [ref, commit];
}
