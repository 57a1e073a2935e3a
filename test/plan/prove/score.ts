import { isDeepStrictEqual } from 'node:util';
import { at, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Verdict } from '../../../charts/plan/model.ts';
import { inOneOrder } from './free-lists.ts';
import type { Answer } from './server.ts';

/** What became of an edit, with what it means; those that are wrong make the proof fail. */
export const SCORES = {
  'refused, and so planned': { wrong: false },
  'refused, and not planned': { wrong: true },
  'refused at creation too': { wrong: false },
  'accepted, and planned as refused': { wrong: true },
  'accepted, and shown': { wrong: false },
  'accepted, and planned as the same': { wrong: false },
  'a change that is planned as the same': { wrong: true },
  'no change, and shown': { wrong: false },
  'pods replaced, and not planned': { wrong: true },
  'pods kept, and planned as replaced': { wrong: true },
} as const satisfies Readonly<Record<string, { readonly wrong: boolean }>>;

export type Score = keyof typeof SCORES;

/** How the plan did on an edit. An edit that would be refused of a new object as well is invalid, and not the plan's to see. */
export function scoreOf(verdict: Verdict, answer: Answer): Score {
  const planned = verdict === 'refused' || verdict === 'replace';
  if (answer.outcome === 'refused') {
    if (answer.atCreation) return 'refused at creation too';
    return planned ? 'refused, and so planned' : 'refused, and not planned';
  }
  if (planned) return 'accepted, and planned as refused';
  const { stored, result } = answer;
  const replaced = replacesPods(stored, result);
  if (replaced && verdict !== 'restart') return 'pods replaced, and not planned';
  if (!replaced && verdict === 'restart') return 'pods kept, and planned as replaced';
  const same = hasSameContent(stored, result);
  if (verdict === 'same') return same ? 'accepted, and planned as the same' : 'a change that is planned as the same';
  return same ? 'no change, and shown' : 'accepted, and shown';
}

/** True if two versions of an object differ at most in the order of lists of which nobody reads it. */
export function hasSameContent(stored: Manifest, result: Manifest): boolean {
  return isDeepStrictEqual(contentOf(stored), contentOf(result));
}

/** What the API server writes itself. */
const WRITTEN = ['managedFields', 'generation', 'resourceVersion', 'uid', 'creationTimestamp'];

function contentOf(manifest: Manifest): unknown {
  const copy = structuredClone(manifest) as unknown as Record<string, unknown> & { metadata: Record<string, unknown> };
  delete copy['status'];
  for (const field of WRITTEN) delete copy.metadata[field];
  if (manifest.kind === 'StatefulSet') fillPartition(at(copy, 'spec', 'updateStrategy'));
  return inOneOrder(manifest.kind, copy);
}

/** The API server fills in the partition 0 only where no type is said; without one it is 0 all the same. */
function fillPartition(strategy: unknown): void {
  if (at(strategy, 'type') === 'RollingUpdate' && at(strategy, 'rollingUpdate') === undefined)
    (strategy as Record<string, unknown>)['rollingUpdate'] = { partition: 0 };
}

/** True if the controller of the object replaces its pods. */
function replacesPods(stored: Manifest, result: Manifest): boolean {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(stored.kind)) return false;
  if ([stored, result].some((one) => at(one, 'spec', 'replicas') === 0)) return false;
  if (at(result, 'spec', 'paused') === true || at(result, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return false;
  return !isDeepStrictEqual(at(stored, 'spec', 'template'), at(result, 'spec', 'template'));
}
