import type { ObjectChange, Surroundings } from '../change.ts';
import { compareSeverities, type Finding } from '../model.ts';
import { DATA } from './data.ts';
import { OUTAGE } from './outage.ts';
import { QUIET } from './quiet.ts';
import { RIGHTS } from './rights.ts';
import type { GradedRule } from './rule.ts';
import { VERSIONS } from './versions.ts';

/** Every rule of the plan. */
export const RULES: readonly GradedRule[] = [...DATA, ...OUTAGE, ...RIGHTS, ...VERSIONS, ...QUIET];

/** The rules by the kind of object that they look at; those of all kinds are in each. */
const BY_KIND = new Map<string, readonly GradedRule[]>();

function rulesFor(kind: string): readonly GradedRule[] {
  const rules = BY_KIND.get(kind) ?? RULES.filter(({ kinds }) => kinds?.includes(kind) ?? true);
  BY_KIND.set(kind, rules);
  return rules;
}

/** What the rules say of the change of an object, worst first. */
export function findingsOf(change: ObjectChange, around: Surroundings): Finding[] {
  const kind = (change.after ?? change.before)?.manifest.kind ?? '';
  return rulesFor(kind)
    .flatMap((rule) => rule.check(change, around).map((finding): Finding => ({ rule: rule.id, ...finding })))
    .toSorted((one, other) => compareSeverities(one.severity, other.severity));
}
