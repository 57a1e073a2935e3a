import { describe, expect, it } from 'vitest';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { INVARIANTS } from './all.ts';
import { uselessWaivers, violationsOf } from './waivers.ts';

/** The invariants by name, for titles by '%s': vitest shortens what '$name' prints. */
export const BY_NAME = INVARIANTS.map((invariant) => [invariant.name, invariant] as const);

/** Tests each cluster against each invariant. */
export function meetEveryInvariant(clusters: readonly ClusterObjects[]): void {
  describe.each(clusters)('$name', (cluster) => {
    it.each(BY_NAME)('%s', (_, invariant) => {
      expect(violationsOf(cluster, invariant)).toEqual([]);
    });

    it('needs every waiver', () => {
      expect(uselessWaivers(cluster, INVARIANTS)).toEqual([]);
    });
  });
}
