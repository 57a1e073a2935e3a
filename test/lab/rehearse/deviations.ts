import type { Verdict } from '../../../charts/plan/model.ts';
import { ROOT } from '../../../charts/lib/argo.ts';
import type { Deviation, Planned, Seen } from './report.ts';

/** What may be seen of one object. */
export type Event = 'restart' | 'refused' | 'created' | 'deleted' | 'replaced';

/** What must be seen of a verdict; of others, nothing of these. */
export const EXPECTED: Partial<Readonly<Record<Verdict, Event>>> = {
  create: 'created',
  restart: 'restart',
  refused: 'refused',
  replace: 'replaced',
  move: 'replaced',
  delete: 'deleted',
  cascade: 'deleted',
  confirm: 'deleted',
};

/** What else belongs to a verdict: new pods of a new workload, and the attempts of who takes over an object too early. */
const GOES_ALONG: Partial<Readonly<Record<Verdict, readonly Event[]>>> = {
  replace: ['restart'],
  move: ['restart', 'refused'],
};

/** Of an object of which the plan has no entry, or of which nothing was seen. */
const NOTHING = 'nothing';

interface Sight {
  readonly application: string;
  readonly object?: string;
  readonly event: Event;
  /** As it is reported. */
  readonly says: string;
  /** What a plan may name instead: the object that a controller makes the workload from. */
  readonly or?: string;
}

/** Where the plan and what was seen differ. */
export function deviations(planned: readonly Planned[], seen: Seen): Deviation[] {
  const sights = sightsOf(seen);
  const hooks = new Set(seen.hooks.map(({ object }) => object));
  return [...unplanned(planned, sights), ...unseen(planned, sights, hooks, heldUpBy(seen))];
}

function sightsOf({ refusals, restarts, changes }: Seen): Sight[] {
  return [
    ...refusals.map(({ application, object, attempts, healed }): Sight => {
      const times = attempts > 1 ? ` ${attempts} times` : '';
      const says = `refused${times}${healed ? ', healed' : ''}`;
      return { application, ...(object !== undefined && { object }), event: 'refused', says };
    }),
    ...restarts.map(({ application, object, pods, madeFrom }): Sight => {
      const says = `${pods} ${pods === 1 ? 'pod' : 'pods'} replaced`;
      return { application, object, event: 'restart', says, ...(madeFrom !== undefined && { or: madeFrom }) };
    }),
    ...changes.map(({ application, object, how }): Sight => ({ application, object, event: how, says: how })),
  ];
}

function unplanned(planned: readonly Planned[], sights: readonly Sight[]): Deviation[] {
  return sights.flatMap((sight) => {
    const { application, object, says } = sight;
    if (planned.some((one) => explains(one, sight))) return [];
    const own = planned.filter((one) => one.object === object).map(({ verdict }) => verdict);
    return [
      {
        application,
        ...(object !== undefined && { object }),
        planned: own.join(', ') || NOTHING,
        seen: says,
      },
    ];
  });
}

function explains({ application, object, verdict, takes = [] }: Planned, sight: Sight): boolean {
  // What a controller makes of its resource, the plan does not say: that this changes is why.
  if (sight.or !== undefined && sight.or === object) return true;
  if (sight.event === 'deleted' && takes.some((one) => one === sight.object)) return true;
  const fits = EXPECTED[verdict] === sight.event || (GOES_ALONG[verdict] ?? []).includes(sight.event);
  return fits && isAbout(sight, application, object);
}

/** A message about an Application as a whole may be about any of its objects. */
function isAbout(sight: Sight, application: string, object: string): boolean {
  return sight.object === undefined ? sight.application === application : sight.object === object;
}

/** @param heldUp Applications in which nothing of the commit was applied, since something was refused */
function unseen(
  planned: readonly Planned[],
  sights: readonly Sight[],
  hooks: ReadonlySet<string>,
  heldUp: ReadonlySet<string>,
): Deviation[] {
  return planned.flatMap(({ application, object, verdict }) => {
    const event = EXPECTED[verdict];
    const isSeen = sights.some((sight) => sight.event === event && isAbout(sight, application, object));
    if (event === undefined || isSeen || (event === 'replaced' && hooks.has(object))) return [];
    if (event !== 'refused' && heldUp.has(application)) return [];
    const others = sights.filter((sight) => sight.object === object).map(({ says }) => says);
    return [{ application, object, planned: verdict, seen: others.join(', ') || NOTHING }];
  });
}

/** The Applications whose changes did not come, since one was refused to the end: its own, and those that the root holds back. */
export function heldUpBy({ refusals, unsettled }: Pick<Seen, 'refusals' | 'unsettled'>): Set<string> {
  const refused = refusals.filter(({ healed }) => !healed).map(({ application }) => application);
  if (refused.length === 0) return new Set();
  return new Set([...refused, ROOT, ...unsettled.map(({ application }) => application)]);
}
