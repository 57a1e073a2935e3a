import { load } from 'js-yaml';
import { Fault } from '../../charts/fault.ts';
import type { Source } from '../../charts/fleet/published.ts';
import { textAt } from '../../charts/lib/manifest.ts';
import { Git } from '../git.ts';

const TRAILER = 'Rendered-from';

/** What a commit renders for a cluster. */
export interface Rendition {
  readonly cluster: string;
  /** The commit, and the folder of dist in it, from Slipway's root. */
  readonly commit: string;
  readonly folder: string;
  /** The tree to publish: `dist/<cluster>` and nothing else. */
  readonly tree: string;
}

/** What a commit renders for a cluster; undefined if it has no such folder. */
export function renditionOf(git: Git, commit: string, dist: string, cluster: string): Rendition | undefined {
  const folder = `${dist}/${cluster}`;
  const listed = git.run(['ls-tree', commit, '--', folder], `the commit ${commit} cannot be read`).toString();
  const [, sha] = /^040000 tree ([0-9a-f]+)\t/.exec(listed) ?? [];
  if (sha === undefined) return undefined;
  // Applications say this path, whatever the folder is called that dist was rendered into.
  return { cluster, commit, folder, tree: makeTree(git, 'dist', makeTree(git, cluster, sha)) };
}

/** A tree with one folder in it. */
function makeTree(git: Git, name: string, tree: string): string {
  return git.run(['mktree'], 'a tree cannot be made', undefined, `040000 tree ${tree}\t${name}\n`).toString().trim();
}

/**
 * True if the root Application of a rendition syncs from a place; undefined without one, for lack of facts.
 *
 * @throws Fault if it syncs from elsewhere: published, it would make the cluster leave the place
 */
export function checkRoot(git: Git, { commit, cluster, folder }: Rendition, source: Source): true | undefined {
  const file = `${folder}/applications/Application.root.yaml`;
  const text = git.textAt(commit, file);
  if (text === undefined) return undefined;
  const root = load(text);
  const [url, revision] = ['repoURL', 'targetRevision'].map((field) => textAt(root, 'spec', 'source', field));
  if (url === source.url && revision === source.revision) return true;
  throw new Fault({
    what: `${cluster} would be published to ${source.revision} of ${source.url}, but its root Application syncs from elsewhere`,
    file,
    seen: `${revision} of ${url}, at ${git.short(commit)}`,
    fix: 'render (npm run synth), commit and push: then publish that commit',
  });
}

/** The last commit that changed a rendition: of the branch itself, so that it does not matter who publishes what later. */
export function sourceCommit(git: Git, { commit, folder }: Rendition): string {
  return git.changesOf(commit, [folder], 1)[0] ?? commit;
}

/**
 * The commit that publishes a rendition, on the one that was published before. Author and times are of the commit that it
 * was rendered from: whoever publishes it makes the same one, but for a signature.
 */
export function publishedCommit(root: string, { tree }: Rendition, source: string, parent?: string): string {
  const git = new Git(root);
  const show = ['show', '--no-patch', '--no-show-signature', '--encoding=UTF-8', '--date=raw'];
  const [name = '', email = '', written, committed, subject = ''] = git
    .run([...show, '--format=%an%x00%ae%x00%ad%x00%cd%x00%s', source], `the commit ${source} cannot be read`)
    .toString()
    .trim()
    .split('\0');
  const as = new Git(root, {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: `@${written}`,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: `@${committed}`,
  });
  const on = parent === undefined ? [] : ['-p', parent];
  // Unlike `git commit`, `commit-tree` does not ask whether to sign.
  const signed = git.signs() ? ['--gpg-sign'] : [];
  return as
    .run(
      ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, ...signed, ...on],
      'a commit cannot be made',
      'put right what Git says of the signing key: git config --show-origin --get-regexp "sign|gpg"',
      `${subject || source}\n\n${TRAILER}: ${source}\n`,
    )
    .toString()
    .trim();
}

/** What the tip of a published branch is. */
export interface Tip {
  readonly commit: string;
  readonly tree: string;
  /** The commit that it says that it was rendered from. */
  readonly renderedFrom: string | undefined;
}

/** Reads the tip of a published branch. */
export function tipOf(git: Git, commit: string): Tip {
  const format = `--format=%T%x00%(trailers:key=${TRAILER},valueonly)`;
  const [tree = '', from = ''] = git
    .run(['show', '--no-patch', '--no-show-signature', format, commit], `the commit ${commit} cannot be read`)
    .toString()
    .trim()
    .split('\0');
  return { commit, tree, renderedFrom: /^[0-9a-f]{40,64}$/.exec(from.trim())?.[0] };
}
