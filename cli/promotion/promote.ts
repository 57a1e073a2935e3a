import { relative } from 'node:path';
import { Fault, throwIfAny } from '../../charts/fault.ts';
import { todayInUtc } from '../../charts/lib/answered.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { updateDist } from '../dist.ts';
import { type FileTexts, Git } from '../git.ts';
import { planOfTrees } from '../plan/plan.ts';
import { FleetTrees } from '../plan/trees.ts';
import { checkRings, loadRings } from '../rings.ts';
import { changesOf, checkRendered, prepare, type Prepared, type Workspace } from '../synth.ts';
import { withFiles, writeFiles } from './copy.ts';
import { textsOf } from './pins.ts';
import { proposalsOf } from './proposals.ts';
import { type Answers, refusalsOf, refusalsOfAnswers, refusalsOfRing } from './refusals.ts';
import { messageOf, report } from './report.ts';
import { type Step, stepBetween } from './rings.ts';
import { soaks } from './soak.ts';

/** Options of `slipway promote`. */
export interface PromoteOptions extends Answers {
  readonly from?: string;
  readonly to?: string;
  /** Every component that may go; the others are listed with the reasons. */
  readonly all?: boolean;
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
  const { root, importer } = workspace;
  const git = Git.open(root);
  const now = options.now ?? new Date();
  const today = todayInUtc(now);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const step = stepBetween(rings, options);
  refuseUnready(git, workspace);
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
  const plan = planned(git, workspace, step, [earlier.files, new Map([...pins, ...later.files])], today);
  const done = options['dry-run']
    ? 'Nothing was written: --dry-run'
    : await write(git, workspace, later, pins, messageOf(step, ready, options));
  return report(step, ready, refusals, plan, [...later.prepared.byHand, done]);
}

/** @throws Fault if a commit would take other changes along, or be on no branch */
function refuseUnready(git: Git, { root, dist }: Workspace): void {
  const [first, ...others] = git.uncommitted(['clusters', relative(root, dist)]);
  if (first !== undefined)
    throw new Fault({
      what: 'there are changes in clusters/ or dist/ that are not committed',
      where: root,
      seen: `${first.trim()}${others.length > 0 ? `, and ${others.length} more` : ''}`,
      fix: 'commit or stash them first: the commit is to have the promotion alone',
    });
  if (git.branch() === undefined)
    throw new Fault({
      what: 'HEAD is detached: no branch would have the commit',
      where: root,
      fix: 'check out a branch: git switch --create promote',
    });
  const unfinished = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'].find((name) => git.has(name));
  if (unfinished !== undefined)
    throw new Fault({
      what: 'a merge, cherry-pick or revert is not finished: Git would not commit the promotion alone',
      where: root,
      seen: unfinished,
      fix: 'finish it, or give it up (git merge --abort)',
    });
}

/** Files of dist that would change. */
interface Rendered {
  readonly prepared: Prepared;
  readonly files: FileTexts;
}

/** What clusters would render with other texts of files in `clusters/`; paths from the repository's root. */
async function rendered(workspace: Workspace, clusters: readonly string[], texts: FileTexts): Promise<Rendered> {
  const prepared = await withFiles(workspace, texts, (changed) => prepare(changed, clusters));
  const { stale, missing, extra } = changesOf(workspace, prepared);
  const folder = relative(workspace.root, workspace.dist);
  return {
    prepared,
    files: new Map([
      ...[...stale, ...missing].map((path) => [`${folder}/${path}`, prepared.wanted.get(path)] as const),
      ...extra.map((path) => [`${folder}/${path}`, undefined] as const),
    ]),
  };
}

/**
 * The plan of both rings: what the ring before has been through, from the version that the next one still has, and what that
 * one is going to. A change that both have is one entry.
 */
function planned(
  git: Git,
  { root, dist }: Workspace,
  { from, to }: Step,
  texts: readonly [before: FileTexts, after: FileTexts],
  today: string,
): Plan {
  const head = git.commit('HEAD');
  return git.withTrees(head, texts, (of, [base = '', tree = '']) => ({
    ...planOfTrees(new FleetTrees(of, relative(root, dist), base, tree), [...from.clusters, ...to.clusters], { today }),
    base: git.short(head),
    head: 'the promotion',
  }));
}

/** Writes and commits. @returns what was done */
async function write(
  git: Git,
  workspace: Workspace,
  { prepared, files }: Rendered,
  pins: FileTexts,
  message: string,
): Promise<string> {
  await updateDist(workspace.dist, prepared.wanted, () => changesOf(workspace, prepared));
  writeFiles(workspace.root, pins);
  const commit = git.commitPaths(message, [...pins.keys(), ...files.keys()]);
  return `Committed ${git.short(commit)} on ${git.branch()}: push it, and open a pull request`;
}
