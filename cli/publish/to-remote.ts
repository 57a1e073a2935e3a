import { Fault } from '../../charts/fault.ts';
import { sourceOf } from '../../charts/fleet/published.ts';
import type { Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import { push, type Remote, tipsOf } from './remote.ts';
import { checkRoot, publishedCommit, type Rendition, sourceCommit, type Tip } from './rendition.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** Options of `slipway publish`. */
export interface PublishOptions {
  /** @default the newest one of the revision that is reviewed */
  readonly commit?: string;
  /** Goes on from branches whose tips publish has not made. */
  readonly adopt?: boolean;
  /** Pushes nothing. */
  readonly 'dry-run'?: boolean;
  /** Called before each push; tests let others push then. */
  readonly beforePush?: () => void;
}

/** Others that push at the same time make one of us begin anew; more than this often is no coincidence. */
const ATTEMPTS = 5;

/** What became of a cluster. */
export interface Line {
  readonly cluster: string;
  readonly branch: string;
  readonly verdict: Verdict | { readonly kind: 'waits' };
  /** What is published. */
  readonly commit?: string;
}

/** What is published, and how. */
export interface Publication {
  readonly git: Git;
  readonly workspace: Workspace;
  readonly newest: string;
  readonly renditions: ReadonlyMap<string, Rendition>;
  readonly options: PublishOptions;
}

/**
 * Publishes to one remote; begins anew if a branch has moved on meanwhile.
 *
 * @throws Fault if Git cannot push, or dist does not say what clusters/fleet.ts says: then none is published
 */
export function publishTo(remote: Remote, publication: Publication, attempt = 1): Line[] {
  const { git, options } = publication;
  const tips = tipsOf(git, remote);
  const lines = [...remote.branches].map(([cluster, branch]) =>
    lineOf(publication, cluster, branch, tips.get(cluster)),
  );
  const commits = new Map(lines.flatMap(({ cluster, commit }) => (commit === undefined ? [] : [[cluster, commit]])));
  if (commits.size === 0 || options['dry-run']) return lines;
  try {
    options.beforePush?.();
    push(git, remote, commits);
    return lines;
  } catch (error) {
    if (!(error instanceof Fault) || attempt === ATTEMPTS || !haveMoved(tips, tipsOf(git, remote))) throw error;
    return publishTo(remote, publication, attempt + 1);
  }
}

/** What becomes of one cluster's branch; its commit is made, and not pushed yet. */
function lineOf(publication: Publication, cluster: string, branch: string, tip: Tip | undefined): Line {
  const { git, workspace, newest, renditions, options } = publication;
  const rendition = renditions.get(cluster)!;
  const verdict = verdictOf(git, { rendition, tip, newest, adopt: options.adopt ?? false });
  if (verdict.kind !== 'published') return { cluster, branch, verdict };
  if (!checkRoot(git, rendition, sourceOf(workspace.repository, cluster)))
    return { cluster, branch, verdict: { kind: 'waits' } };
  const source = sourceCommit(git, rendition);
  return { cluster, branch, verdict, commit: publishedCommit(workspace.root, rendition, source, verdict.parent) };
}

function haveMoved(before: ReadonlyMap<string, Tip>, now: ReadonlyMap<string, Tip>): boolean {
  return [...before.keys(), ...now.keys()].some((name) => before.get(name)?.commit !== now.get(name)?.commit);
}
