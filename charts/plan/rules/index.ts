import type { ObjectChange, Surroundings } from '../change.ts';
import { compareSeverities, type Finding } from '../model.ts';
import { OfBoth } from '../of-both.ts';
import { DATA } from './data.ts';
import { OUTAGE } from './outage.ts';
import { QUIET } from './quiet.ts';
import { RIGHTS } from './rights.ts';
import type { GradedRule } from './rule.ts';
import { VERSIONS } from './versions.ts';
import { Watched } from './watched.ts';

/** Every rule of the plan. */
export const RULES: readonly GradedRule[] = [...DATA, ...OUTAGE, ...RIGHTS, ...VERSIONS, ...QUIET];

/** The rules by the kind of object that they look at; those of all kinds are in each. */
const BY_KIND = new Map<string, readonly GradedRule[]>();

function rulesFor(kind: string): readonly GradedRule[] {
  const rules = BY_KIND.get(kind) ?? RULES.filter(({ kinds }) => kinds?.includes(kind) ?? true);
  BY_KIND.set(kind, rules);
  return rules;
}

/** What each rule said of two manifests; undefined if it has looked at their cluster, or has not been asked. */
interface Known {
  readonly application: string | undefined;
  readonly said: (readonly Finding[] | undefined)[];
  /** What all of them said, worst first, if none has looked at the cluster. */
  all?: readonly Finding[];
}

/** What a rule says without a look at the cluster holds in every cluster with the same two manifests. */
const KNOWN = new OfBoth<Known>();

/** What the rules say of the change of an object, worst first. */
export function findingsOf(change: ObjectChange, around: Surroundings): readonly Finding[] {
  const { application, manifest } = (change.after ?? change.before)!;
  const [before, after] = [change.before?.manifest, change.after?.manifest];
  const earlier = KNOWN.get(before, after);
  const known: Known = earlier?.application === application ? earlier : { application, said: [] };
  if (known.all) return known.all;
  KNOWN.set(before, after, known);
  const watched = new Watched(around, application);
  const rules = rulesFor(manifest.kind);
  const all = rules
    .flatMap((rule, i) => {
      const shared = known.said[i];
      if (shared) return shared;
      watched.isLookedAt = false;
      const own = rule.check(change, watched);
      if (!watched.isLookedAt) known.said[i] = own;
      return own;
    })
    .toSorted((one, other) => compareSeverities(one.severity, other.severity));
  if (rules.every((_, i) => known.said[i])) known.all = all;
  return all;
}
