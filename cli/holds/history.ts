import { Fault } from '../../charts/fault.ts';
import type { HeldFiles } from '../../charts/holds.ts';
import type { Git } from '../git.ts';
import { MISUSE } from '../unknown.ts';

/** The texts of a component's files in the dist of a commit. @throws Fault if it has none there */
export function filesAt(git: Git, commit: string, cluster: string, component: string): HeldFiles {
  const folder = `dist/${cluster}`;
  const files = git.files(commit, [`${folder}/${component}/`]);
  if (files.length === 0)
    throw new Fault({
      what: `${cluster} had no component "${component}" at that commit`,
      where: commit,
      fix: `name a commit of its history: git log --first-parent -- ${folder}/${component}`,
    });
  const texts = git.contents(files.map(({ sha }) => sha));
  return new Map(files.map(({ path, sha }) => [path.slice(folder.length + 1), texts.get(sha) ?? '']));
}

/** Which earlier rendering is meant. */
export interface Earlier {
  readonly to?: string;
  readonly steps: string;
}

/**
 * The commit that is gone back to: the one that is named, or that before the last changes of the component in these clusters.
 *
 * @throws Fault if there are not as many
 */
export function targetOf(git: Git, clusters: readonly string[], component: string, { to, steps }: Earlier): string {
  if (to !== undefined) return git.commit(to);
  const wanted = Number(steps);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new Fault({
      what: '--steps takes a number from 1',
      ...MISUSE,
      seen: steps,
      fix: 'write --steps 1 for the rendering before this one',
    });
  const folders = clusters.map((cluster) => `dist/${cluster}/${component}`);
  const changes = git.changesOf('HEAD', folders, wanted);
  const before = `${changes.at(-1)}^`;
  const isThere = changes.length > 0 && git.has(before);
  if (isThere && changes.length === wanted && folders.every((folder) => git.files(before, [`${folder}/`]).length > 0))
    return git.commit(before);
  throw new Fault({
    what: `there are not as many renderings of ${component} before this one`,
    where: folders.join(', '),
    // The first of the changes added it.
    seen: `${Math.max(0, changes.length - 1)} of ${wanted}`,
    fix: `go back fewer steps${clusters.length > 1 ? ', or in one cluster, by --cluster' : ''}`,
  });
}
