import { describe, expect, it } from 'vitest';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { Draft, Missing } from '../lib/draft.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';
import type { Invariant } from './invariant.ts';
import { MUTATIONS } from './mutations/all.ts';

const fleet = await renderTestFleet();

// '%s', because vitest shortens what '$name' prints.
describe.each(INVARIANTS.map((invariant) => [invariant.name, invariant] as const))('%s', (_, invariant) => {
  const own = MUTATIONS.filter((m) => m.invariant === invariant).map((m) => [m.defect, m] as const);

  it('has mutations', () => {
    expect(own).not.toEqual([]);
  });

  it.each(own)('detects: %s', (_defect, { mutate, violation }) => {
    const { original, mutated } = mutateOne(mutate);
    const before = checkOnce(invariant, original);
    const detected = invariant.check(mutated).filter((sentence) => !before.includes(sentence));
    expect(detected).toContainEqual(expect.stringMatching(violation));
  });
});

const baselines = new Map<string, string[]>();

/** The violations of an invariant on an unchanged cluster. */
function checkOnce(invariant: Invariant, cluster: ClusterObjects): string[] {
  const key = `${cluster.name}: ${invariant.name}`;
  const known = baselines.get(key) ?? invariant.check(cluster);
  baselines.set(key, known);
  return known;
}

/** The first cluster that a mutation applies to, unchanged and mutated. @throws Error if it applies to none */
function mutateOne(mutate: (draft: Draft) => void): {
  readonly original: ClusterObjects;
  readonly mutated: ClusterObjects;
} {
  const misses: string[] = [];
  for (const original of fleet) {
    const mutated = new Draft(original);
    try {
      mutate(mutated);
      return { original, mutated };
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      misses.push(`${original.name}: ${error.message}`);
    }
  }
  throw new Error(`this mutation applies to no cluster:\n${misses.join('\n')}`);
}
