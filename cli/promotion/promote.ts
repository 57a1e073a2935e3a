import { throwIfAny } from '../../charts/fault.ts';
import { commitChange, planOfTexts } from '../commits/commit.ts';
import { rendered } from '../commits/rendered.ts';
import { checkRendered, type Workspace } from '../synth.ts';
import { promoteCode } from './code.ts';
import { opened } from './open.ts';
import { textsOf } from './pins.ts';
import { proposalsOf } from './proposals.ts';
import { type Answers, refusalsOf, refusalsOfAnswers, refusalsOfRing } from './refusals.ts';
import { messageOf, report } from './report.ts';
import { soaks } from './soak.ts';

/** Options of `slipway promote`. */
export interface PromoteOptions extends Answers {
  readonly from?: string;
  readonly to?: string;
  /** Every component that may go; the others are listed with the reasons. */
  readonly all?: boolean;
  /** The code that renders a ring, instead of versions. */
  readonly code?: boolean;
  /** Writes nothing. */
  readonly 'dry-run'?: boolean;
  /** @default now */
  readonly now?: Date;
}

/**
 * `slipway promote COMPONENT…`: gives a ring the versions that the ring before runs, in one commit of the checked out
 * branch, and prints what that will do there.
 *
 * @throws Fault with every reason why it may not be done; then nothing is written
 */
export async function promote(
  workspace: Workspace,
  components: readonly string[],
  options: PromoteOptions,
): Promise<string> {
  if (options.code) return promoteCode(workspace, components, options);
  const { root } = workspace;
  const { git, now, today, step } = await opened(workspace, options);
  throwIfAny([...refusalsOfAnswers(options), ...refusalsOfRing(step, today, options)]);
  const proposals = proposalsOf(root, step, components, options.all ?? false);
  if (proposals.length === 0) return `${step.to.name} has the versions of ${step.from.name}: nothing to promote`;
  await checkRendered(workspace, [...step.from.clusters, ...step.to.clusters]);

  const earlier = await rendered(workspace, step.from.clusters, textsOf(root, step.from, proposals, 'before'));
  const soakedBy = soaks(git, workspace, proposals, earlier.files, now);
  const judged = proposals.map((proposal) => {
    const soaked = soakedBy.get(proposal.promotion.component);
    return { ...proposal, soaked, refusals: refusalsOf(proposal.promotion, step, soaked, options) };
  });
  const ready = judged.filter(({ refusals }) => refusals.length === 0);
  const refusals = judged.flatMap((one) => one.refusals);
  if (!options.all || ready.length === 0) throwIfAny(refusals);

  const pins = textsOf(root, step.to, ready, 'after');
  const later = await rendered(workspace, step.to.clusters, pins);
  // What the ring before has been through, from the version that the next one still has, and what that one is going to: a change
  // that both have is one entry.
  const clusters = [...step.from.clusters, ...step.to.clusters];
  const plan = planOfTexts(git, workspace, clusters, new Map([...pins, ...later.files]), earlier.files, today);
  const done = options['dry-run']
    ? 'Nothing was written: --dry-run'
    : await commitChange(git, workspace, later, pins, messageOf(step, ready, options));
  return report(step, ready, refusals, plan, [...later.prepared.byHand, done]);
}
