import { CODE_FILE, type PinnedCode } from '../../charts/code.ts';
import { Fault, throwIfAny } from '../../charts/fault.ts';
import type { Ring } from '../../charts/rings.ts';
import { CODE, pinnedCode, sha256OfCode } from '../code/files.ts';
import { commitChange, planOfTexts } from '../commits/commit.ts';
import { rendered } from '../commits/rendered.ts';
import type { FileTexts, Git } from '../git.ts';
import { checkRendered, type Workspace } from '../synth.ts';
import { opened } from './open.ts';
import type { PromoteOptions } from './promote.ts';
import { refusalsOfAnswers, refusalsOfRing, unsoaked } from './refusals.ts';
import { answersOf, sections, sinceOf } from './report.ts';
import { misuse } from '../unknown.ts';
import { mainlineOf, type Soak, soakOf } from './soak.ts';

type Pinned = ReadonlyMap<string, PinnedCode>;

/**
 * `slipway promote --code`: has a ring rendered by the code that renders the ring before, in one commit, and prints what that
 * will do there.
 *
 * @throws Fault with every reason why it may not be done; then nothing is written
 */
export async function promoteCode(
  workspace: Workspace,
  components: readonly string[],
  options: PromoteOptions,
): Promise<string> {
  if (components.length > 0)
    throw new Fault(misuse('--code is of all components', components.join(' '), 'leave them out'));
  const { root } = workspace;
  const { git, now, today, rings, step } = await opened(workspace, options);
  refuseChangedCode(git, root);
  const pinned = pinnedCode(root, rings);
  const target = pinned.get(step.to.name);
  const source = pinned.get(step.from.name) ?? ofWorkingTree(git, root);
  if (target?.sha256 === source.sha256)
    return `${step.to.name} is rendered by the code of ${step.from.name}: nothing to promote`;
  const soak = soakOfCode(git, workspace, pinned.has(step.from.name), now);
  // Pinned to what renders it as it is, the ring keeps what it has.
  const isSame = target === undefined && !pinned.has(step.from.name);
  const waits = options.urgent === undefined ? unsoaked('the code', step, soak) : [];
  throwIfAny([...refusalsOfAnswers(options), ...(isSame ? [] : [...refusalsOfRing(step, today, options), ...waits])]);
  await checkRendered(workspace, [...step.from.clusters, ...step.to.clusters]);

  // What the ring before has been through: from the code that still renders the next one.
  const earlier = target && (await rendered(workspace, step.from.clusters, textsOf(rings, pinned, step.from, target)));
  const texts = textsOf(rings, pinned, step.to, source);
  const later = await rendered(workspace, step.to.clusters, texts);
  const clusters = [...step.from.clusters, ...step.to.clusters];
  const plan = planOfTexts(git, workspace, clusters, new Map([...texts, ...later.files]), earlier?.files, today);
  const from = target ? `from that of ${git.short(target.commit)} ` : '';
  const moved = `${step.to.name}: code ${from}to that of ${git.short(source.commit)}${sinceOf(step.from.name, soak)}`;
  const message = [
    `Render ${step.to.name} by the code of ${git.short(source.commit)}`,
    '',
    moved,
    ...answersOf(options),
    '',
  ];
  const done = options['dry-run']
    ? 'Nothing was written: --dry-run'
    : await commitChange(git, workspace, later, texts, message.join('\n'));
  return [moved, ...sections(step, plan), '', ...later.prepared.byHand, done].join('\n');
}

function refuseChangedCode(git: Git, root: string): void {
  const [first] = git.uncommitted(CODE);
  if (first === undefined) return;
  throw new Fault({
    what: 'there is code that is not committed, so that no commit has what renders now',
    where: root,
    seen: first.trim(),
    fix: 'commit or stash it first',
  });
}

/** The code of the working tree, by the last commit that changed it. */
function ofWorkingTree(git: Git, root: string): PinnedCode {
  const [commit = git.commit('HEAD')] = git.changesOf('HEAD', CODE, 1);
  return { commit, sha256: sha256OfCode(root) };
}

/** Since when a ring has been rendered by its code: from the commit of its pin, or of the code itself. */
function soakOfCode(git: Git, workspace: Workspace, isPinned: boolean, now: Date): Soak {
  return soakOf(git, mainlineOf(git, workspace), isPinned ? [CODE_FILE] : CODE, now);
}

function textsOf(rings: readonly Ring[], pinned: Pinned, ring: Ring, code: PinnedCode): FileTexts {
  const all = new Map([...pinned, [ring.name, code] as const]);
  const inOrder = rings.flatMap(({ name }) => (all.has(name) ? [[name, all.get(name)] as const] : []));
  return new Map([[CODE_FILE, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`]]);
}
