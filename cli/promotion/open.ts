import { todayInUtc } from '../../charts/lib/answered.ts';
import type { Ring } from '../../charts/rings.ts';
import { refuseUnready } from '../commits/commit.ts';
import { Git } from '../git.ts';
import { checkRings, loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { type Step, stepBetween } from './rings.ts';

/** What a commit of versions begins with. */
interface Begun {
  readonly git: Git;
  readonly now: Date;
  /** As `2026-12-31`. */
  readonly today: string;
  readonly rings: readonly Ring[];
}

/** What a promotion begins with. */
export interface Opened extends Begun {
  readonly step: Step;
}

/** @throws Fault for rings that are wrong, and a repository in which nothing can be committed */
export async function begun(workspace: Workspace, { now = new Date() }: { readonly now?: Date }): Promise<Begun> {
  const { root, importer } = workspace;
  const git = Git.open(root);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  refuseUnready(git, workspace);
  return { git, now, today: todayInUtc(now), rings };
}

/** @throws Fault like `begun`, and for a step that is none */
export async function opened(
  workspace: Workspace,
  options: { readonly from?: string; readonly to?: string; readonly now?: Date },
): Promise<Opened> {
  const begin = await begun(workspace, options);
  return { ...begin, step: stepBetween(begin.rings, options) };
}
