import type { Repository } from '../../charts/applications.ts';
import { sourceOf } from '../../charts/fleet/published.ts';
import { publishedCommit, renditionOf } from '../../cli/publish/rendition.ts';
import { Git } from '../../cli/git.ts';
import { git, type GitHosts } from './git.ts';

/**
 * Publishes what the repository has of a cluster to where the cluster syncs from, if that is elsewhere: what the workflow
 * does by `slipway publish`, which reads more of the history than a shallow clone has.
 */
export function publish(hosts: GitHosts, repository: Repository, cluster: string): void {
  if (repository.published === undefined) return;
  const from = hosts.pathOf(repository.url);
  const { url, revision } = sourceOf(repository, cluster);
  const source = git(from, 'rev-parse', `refs/heads/${repository.revision}`).trim();
  const rendition = renditionOf(new Git(from), source, 'dist', cluster);
  if (rendition === undefined) return;
  const commit = publishedCommit(from, rendition, source);
  git(from, 'push', '--quiet', '--force', hosts.pathOf(url), `${commit}:refs/heads/${revision}`);
}
