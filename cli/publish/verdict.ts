import type { Git } from '../git.ts';
import { type Rendition, renditionOf, type Tip } from './rendition.ts';

/** What becomes of a cluster's branch. */
export type Verdict =
  | { readonly kind: 'published'; readonly parent: string | undefined }
  | { readonly kind: 'unchanged' | 'older' | 'refused'; readonly says: string };

/** What a branch is judged by. */
export interface Judged {
  readonly rendition: Rendition;
  /** The branch as it is; undefined if there is none. */
  readonly tip: Tip | undefined;
  /** The newest commit that clusters may be rendered from. */
  readonly newest: string;
  /** Goes on from a tip that nothing is known of. */
  readonly adopt: boolean;
}

/** Whether a rendition goes onto a branch. */
export function verdictOf(git: Git, { rendition, tip, newest, adopt }: Judged): Verdict {
  if (tip === undefined) return { kind: 'published', parent: undefined };
  if (tip.tree === rendition.tree) return { kind: 'unchanged', says: 'unchanged' };
  const from = tip.renderedFrom;
  if (!adopt) {
    const reason = strangeness(git, rendition, tip);
    if (reason !== undefined) return { kind: 'refused', says: `${git.short(tip.commit)} ${reason}` };
  }
  const { commit } = rendition;
  if (from !== undefined && git.has(from) && from !== commit && isAncestor(git, commit, from))
    return { kind: 'older', says: `unchanged: it has ${git.short(from)}, which is newer than ${git.short(commit)}` };
  // A change and its revert leave the branch as it was, so that its tip does not tell that both have been there.
  if (commit !== newest && treeAt(git, rendition, newest) === tip.tree)
    return { kind: 'older', says: `unchanged: it has what ${git.short(newest)} has, which is newer` };
  return { kind: 'published', parent: tip.commit };
}

/** Why a tip is none that a later commit may go onto; undefined if it is one. */
function strangeness(git: Git, rendition: Rendition, { tree, renderedFrom }: Tip): string | undefined {
  if (renderedFrom === undefined) return 'was not made by publish';
  if (!git.has(renderedFrom)) return `was rendered from ${renderedFrom}, which the repository has not`;
  if (treeAt(git, rendition, renderedFrom) !== tree) return 'was edited after publish had made it';
  const { commit } = rendition;
  if (!isAncestor(git, renderedFrom, commit) && !isAncestor(git, commit, renderedFrom))
    return `was rendered from ${git.short(renderedFrom)}, which is not in the history of ${git.short(commit)}`;
  return undefined;
}

function treeAt(git: Git, { folder, cluster }: Rendition, commit: string): string | undefined {
  return renditionOf(git, commit, folder.slice(0, -cluster.length - 1), cluster)?.tree;
}

/** True if a commit is the other one, or before it. */
export function isAncestor(git: Git, one: string, other: string): boolean {
  const args = ['rev-list', '--max-count=1', one, `^${other}`];
  return git.run(args, `the history of ${other} cannot be read`).length === 0;
}
