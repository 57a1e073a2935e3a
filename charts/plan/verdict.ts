import { findKind } from '../kinds/index.ts';
import { isRolled } from '../kinds/readings.ts';
import { HOLDS_BACK_SECONDS, HOOK, HOOK_DELETE_POLICY, SYNC_WAVE, syncOptionsOf } from '../lib/argo.ts';
import { at, label, type Manifest, textAt } from '../lib/manifest.ts';
import type { Surroundings } from './change.ts';
import type { Field, Finding, Verdict } from './model.ts';
import { unreadBy } from './unread.ts';
import { KEPT, REPLACED, saidBy } from './verdict-rules.ts';

/** What is said of a change in place. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** The verdict on a change in place, by its differences that have a meaning and what the API server refuses. */
export function judge(
  before: Manifest,
  after: Manifest,
  fields: readonly Field[],
  refusals: readonly Finding[],
  around: Surroundings,
): Judgement {
  if (fields.length === 0) return { verdict: 'same', findings: [] };
  if (fields.every(isOfArgo)) return { verdict: 'order', findings: [] };
  const refused = refusals.some(({ severity }) => severity === 'block');
  if (isDeletedFirst(after) || (refused && isForced(after)))
    return { verdict: 'replace', findings: isDeletedFirst(after) ? [] : [deletedFirst(after)] };
  if (refused) return { verdict: 'refused', findings: refusals };
  if (refusals.some(({ rule }) => rule === KEPT.id) && fields.length === 1)
    return { verdict: 'inert', findings: refusals };
  if (rollsPods(before, after, fields)) return { verdict: 'restart', findings: refusals };
  const unread = unreadBy(after, fields, around);
  if (unread) return { verdict: 'inert', findings: [...refusals, unread] };
  return { verdict: 'update', findings: refusals };
}

/** Waves, and what the root waits for: read by Argo CD, and by nothing in the cluster. */
function isOfArgo({ path }: Field): boolean {
  return [SYNC_WAVE, HOLDS_BACK_SECONDS].some((annotation) => path === `metadata.annotations["${annotation}"]`);
}

/** A hook without a policy is deleted before it is created, too. */
function isDeletedFirst({ metadata: { annotations = {} } }: Manifest): boolean {
  return annotations[HOOK] !== undefined && /^$|BeforeHookCreation/.test(annotations[HOOK_DELETE_POLICY] ?? '');
}

function isForced(manifest: Manifest): boolean {
  const options = syncOptionsOf(manifest);
  return options.includes('Force=true') && options.includes('Replace=true');
}

function deletedFirst(manifest: Manifest): Finding {
  return {
    ...saidBy(REPLACED),
    says: `${label(manifest)} is deleted and created again, since its sync options force it`,
    instead: 'take Force=true and Replace=true off, and give the object a new name',
  };
}

/** Controllers that replace their pods when the template changes; those of others' kinds do it by their own rules. */
function rollsPods(before: Manifest, after: Manifest, fields: readonly Field[]): boolean {
  const path = findKind(after)?.podTemplate;
  if (!path || !(isRolled(after) || after.kind === 'Rollout')) return false;
  if (textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete' || at(after, 'spec', 'paused') === true)
    return false;
  if ([before, after].some((one) => at(one, 'spec', 'replicas') === 0)) return false;
  return fields.some((field) => field.path.startsWith(`${path}.`));
}
