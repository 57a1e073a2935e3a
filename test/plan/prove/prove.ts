import { label, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Verdict } from '../../../charts/plan/model.ts';
import type { Edit } from './edit.ts';
import { chosen, editsOf } from './edits.ts';
import { meaninglessEditsOf } from './meaningless.ts';
import { randomOf } from './random.ts';
import { hasSameContent, type Score, scoreOf } from './score.ts';
import type { Answer, ProofServer } from './server.ts';
import type { World } from './world.ts';

/** How much is tried. */
export interface Extent {
  readonly seed: number;
  readonly edits: number;
  readonly meaningless: number;
}

/** One edit with what the plan and the API server say of it. */
export interface Trial {
  readonly edit: Edit;
  readonly verdict: Verdict;
  readonly answer: Answer;
}

/** What was tried. */
export interface Proof {
  readonly edits: readonly (Trial & { readonly score: Score })[];
  /** Edits that change nothing, by the API server's own answer; the plan has to call each `same`. */
  readonly meaningless: readonly Trial[];
}

/** What others need to be stored, in order. */
const FIRST = ['Namespace', 'CustomResourceDefinition', 'ServiceAccount', 'PriorityClass', 'StorageClass'];

/** Kinds that limit or review what is applied after them: each of these groups is stored once nothing else is asked. */
const LAST = [
  ['LimitRange', 'ResourceQuota'],
  [
    'APIService',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
];

const AT_ONCE = 8;

/** Tries edits of a world's objects on an API server, and compares what it answers with the plan. */
export async function prove(world: World, server: ProofServer, extent: Extent): Promise<Proof> {
  const isLast = ({ kind }: Manifest): boolean => LAST.flat().includes(kind);
  const others = world.objects.filter((one) => !isLast(one));
  await each(namespacesOf(world), (one) => server.store(one));
  for (const kind of FIRST)
    await each(
      others.filter((one) => one.kind === kind),
      (one) => server.store(one),
    );
  await each(
    others.filter(({ kind }) => !FIRST.includes(kind)),
    (one) => server.store(one),
  );
  await each(world.objects.filter(isLast), (one) => server.complete(one));
  const random = randomOf(extent.seed);
  const edits = chosen(world.objects.flatMap(editsOf), extent.edits, random);
  const meaningless = chosen(
    world.objects.flatMap((one) => meaninglessEditsOf(one, server.live(one))),
    extent.meaningless,
    random,
  );
  const trials = new Map<Edit, Trial>();
  const tryAll = async (isOf: (manifest: Manifest) => boolean): Promise<void> =>
    each(
      [...edits, ...meaningless].filter(({ before }) => isOf(before)),
      async (edit) => {
        const answer = await server.ask(edit.before, edit.after);
        trials.set(edit, { edit, answer, verdict: verdictOf(world, edit) });
      },
    );
  await tryAll((one) => !isLast(one));
  for (const kinds of LAST) {
    const isOf = ({ kind }: Manifest): boolean => kinds.includes(kind);
    await each(world.objects.filter(isOf), (one) => server.store(one));
    await tryAll(isOf);
  }
  const triedOf = (some: readonly Edit[]): Trial[] => some.flatMap((edit) => trials.get(edit) ?? []);
  return {
    edits: triedOf(edits).map((trial) => ({ ...trial, score: scoreOf(trial.verdict, trial.answer) })),
    meaningless: triedOf(meaningless).filter(
      ({ answer }) => answer.outcome === 'accepted' && hasSameContent(answer.stored, answer.result),
    ),
  };
}

function verdictOf(world: World, { before, after, what }: Edit): Verdict {
  try {
    return world.planOf(before, after)?.verdict ?? 'same';
  } catch (error) {
    throw new Error(`no plan of ${label(before)}: ${what}`, { cause: error });
  }
}

/** Every namespace that an object is in; people make some of them. */
function namespacesOf({ objects }: World): Manifest[] {
  const names = new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []));
  return [...names].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

/** A trial in one line. */
export function described({ edit, verdict, answer }: Trial): string {
  return `${label(edit.before)}: ${edit.what}: planned as ${verdict}${answer.outcome === 'refused' ? `; ${answer.message.replaceAll(/\s+/g, ' ').slice(0, 200)}` : ''}`;
}

async function each<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await act(item);
    }),
  );
}
