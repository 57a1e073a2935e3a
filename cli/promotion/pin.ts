import { type Problem, throwIfAny } from '../../charts/fault.ts';
import { describeMoves, type PinMove, type Promotion } from '../../charts/promotion.ts';
import { planOfTexts } from '../commits/commit.ts';
import { rendered } from '../commits/rendered.ts';
import { commitPlanned } from '../holds/hold.ts';
import { pinFilesOf } from '../pin-files.ts';
import { checkRendered, type Workspace } from '../synth.ts';
import { imageIn, moveTo, tagOf } from './image.ts';
import { keptBy } from './kept.ts';
import { begun } from './open.ts';
import { textsOf } from './pins.ts';
import { type Answers, frozen, older, refusalsOfAnswers } from './refusals.ts';
import { answersOf } from './report.ts';

/** Options of `slipway pin`. */
export interface PinOptions extends Pick<Answers, 'urgent'> {
  /** Writes nothing. */
  readonly 'dry-run'?: boolean;
  /** @default now */
  readonly now?: Date;
}

/**
 * `slipway pin PIN VERSION@DIGEST`: gives the first ring another version of an image, in one commit of the checked out branch,
 * and prints what that will do there.
 *
 * @throws Fault with every reason why it may not be done; then nothing is written
 */
export async function pinImage(
  workspace: Workspace,
  [name, text]: readonly [name: string, version: string],
  options: PinOptions,
): Promise<string> {
  const { root } = workspace;
  const tag = tagOf(text);
  const { git, today, rings } = await begun(workspace, options);
  const [ring] = rings;
  if (ring === undefined) throw new Error('clusters/rings.ts was read without a ring');
  const image = imageIn(ring.name, pinFilesOf(root, ring.name), name);
  const { file } = image;
  const move = moveTo(image, tag);
  if (isSame(move)) return `${ring.name} has ${name} ${tag.version} already: nothing to pin`;
  const promotion: Promotion = { component: file.component, file: file.file, moves: [move], kept: [] };
  throwIfAny([
    ...refusalsOfAnswers(options),
    ...frozen(ring, today, options),
    ...older(promotion, ring, 'name a newer version'),
    ...overwritten(file.file, move),
  ]);
  await checkRendered(workspace, ring.clusters);

  const pins = textsOf(root, ring, [{ promotion, from: file, to: file }], 'after');
  const later = await rendered(workspace, ring.clusters, pins);
  const plan = planOfTexts(git, workspace, ring.clusters, new Map([...pins, ...later.files]), undefined, today);
  const lines = [
    `${ring.name}: ${name} ${describeMoves([move])}`,
    ...(tag.digest !== undefined && !image.hasDigest ? [withoutDigest(ring.name)] : []),
    ...keptBy(root, ring, file, move),
  ];
  const message = [`Pin ${name} ${tag.version} in ${ring.name}`, '', ...lines, ...answersOf(options), ''].join('\n');
  const done = await commitPlanned(git, workspace, plan, later, pins, message, options['dry-run'] ?? false);
  return [...lines, '', done].join('\n');
}

function isSame({ before, after }: PinMove): boolean {
  return before.version === after.version && before.digest === after.digest;
}

/** A cluster whose images are pinned by digest in part fails its checks. */
function withoutDigest(ring: string): string {
  return `  without its digest: other images of ${ring} have none, which "npx slipway pins ${ring} --write" adds to all`;
}

/** A version is published once: another digest of it is another image. */
function overwritten(file: string, { before, after }: PinMove): Problem[] {
  if (before.version !== after.version || before.digest === undefined) return [];
  return [
    {
      what: `${before.packageName}:${before.version} is pinned to another digest`,
      file,
      seen: `${before.digest}, and not ${after.digest}`,
      fix: 'find out who moved the tag; what has changed is published as a new version',
    },
  ];
}
