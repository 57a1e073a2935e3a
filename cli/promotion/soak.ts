import { relative } from 'node:path';
import { grouped } from '../../charts/lib/grouped.ts';
import { TERRAFORM_INPUT } from '../../charts/render/terraform-input.ts';
import type { FileTexts, Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import type { Proposal } from './proposals.ts';

/** Since when a ring has run a version without a change. */
export interface Soaked {
  readonly since: Date;
  readonly seconds: number;
}

/** Undefined for what no cluster of the ring renders; `unmerged` for what is not on the branch that clusters sync from. */
export type Soak = Soaked | 'unmerged' | undefined;

/**
 * How long every cluster of a ring has rendered the files that the versions are in as they are now: from the last commit of
 * the branch that clusters sync from which changed one of them.
 *
 * @param files of the ring's clusters that would differ without the versions; paths from the repository's root
 */
export function soaks(
  git: Git,
  { root, dist, repository }: Workspace,
  proposals: readonly Proposal[],
  files: FileTexts,
  now: Date,
): ReadonlyMap<string, Soak> {
  const tip = [`origin/${repository.revision}`, repository.revision, 'HEAD'].find((name) => git.has(name)) ?? 'HEAD';
  const folder = `${relative(root, dist)}/`;
  const components = proposals.map(({ promotion }) => promotion.component);
  const byComponent = grouped(files.keys(), (file) =>
    componentOf(file.slice(file.indexOf('/', folder.length) + 1), components),
  );
  const found = new Map<string, Soak>();
  for (const { promotion, from } of proposals) {
    const own = byComponent.get(promotion.component);
    if (own === undefined) continue;
    const paths = [...own, from.file];
    const since = git.changes(tip, 'HEAD', paths).length > 0 ? undefined : git.lastChange(tip, paths);
    found.set(
      promotion.component,
      since === undefined ? 'unmerged' : { since, seconds: (now.getTime() - since.getTime()) / 1000 },
    );
  }
  return found;
}

/**
 * The component that a file in a cluster's folder belongs to: the longest name that its folder, or the name of its
 * Application, is or begins with.
 */
export function componentOf(file: string, components: readonly string[]): string | undefined {
  // What Terraform reads has the version of the Argo CD that bootstrap installs.
  if (file === TERRAFORM_INPUT) return 'argo-cd';
  const [, application] = /^applications\/[^.]+\.([^.]+)\.yaml$/.exec(file) ?? [];
  const name = application ?? file.slice(0, file.indexOf('/'));
  return components
    .filter((component) => name === component || name.startsWith(`${component}-`))
    .toSorted((one, other) => other.length - one.length)[0];
}
