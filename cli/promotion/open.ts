import { todayInUtc } from '../../charts/lib/answered.ts';
import type { Ring } from '../../charts/rings.ts';
import { refuseUnready } from '../commits/commit.ts';
import { Git } from '../git.ts';
import { checkRings, loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { type Step, stepBetween } from './rings.ts';

/** What a promotion begins with. */
export interface Opened {
  readonly git: Git;
  readonly now: Date;
  /** As `2026-12-31`. */
  readonly today: string;
  readonly rings: readonly Ring[];
  readonly step: Step;
}

/** @throws Fault for rings that are wrong, a step that is none, and a repository in which nothing can be committed */
export async function opened(
  workspace: Workspace,
  options: { readonly from?: string; readonly to?: string; readonly now?: Date },
): Promise<Opened> {
  const { root, importer } = workspace;
  const git = Git.open(root);
  const now = options.now ?? new Date();
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const step = stepBetween(rings, options);
  refuseUnready(git, workspace);
  return { git, now, today: todayInUtc(now), rings, step };
}
