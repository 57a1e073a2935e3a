import { describe, expect, it } from 'vitest';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { Draft, Missing } from '../lib/draft.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';
import type { Invariant } from './invariant.ts';
import { MUTATIONS } from './mutations/all.ts';

const fleet = await renderTestFleet();

describe.each(INVARIANTS)('$name', (invariant) => {
  const own = MUTATIONS.filter((m) => m.invariant === invariant);

  it('has mutations', () => {
    expect(own).not.toEqual([]);
  });

  it.each(own)('notices: $defect', ({ breaks, violation }) => {
    const { whole, broken } = breakOne(breaks);
    const before = checkOnce(invariant, whole);
    const noticed = invariant.check(broken).filter((sentence) => !before.includes(sentence));
    expect(noticed).toContainEqual(expect.stringMatching(violation));
  });
});

const baselines = new Map<string, string[]>();

/** What an invariant says of a cluster that nobody broke. */
function checkOnce(invariant: Invariant, cluster: ClusterObjects): string[] {
  const key = `${cluster.name}: ${invariant.name}`;
  const known = baselines.get(key) ?? invariant.check(cluster);
  baselines.set(key, known);
  return known;
}

/** The first cluster that has what the mutation breaks, whole and broken. @throws Error if none has it */
function breakOne(breaks: (draft: Draft) => void): { readonly whole: ClusterObjects; readonly broken: ClusterObjects } {
  const misses: string[] = [];
  for (const whole of fleet) {
    const broken = new Draft(whole);
    try {
      breaks(broken);
      return { whole, broken };
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      misses.push(`${whole.name}: ${error.message}`);
    }
  }
  throw new Error(`no cluster has what this mutation breaks:\n${misses.join('\n')}`);
}
