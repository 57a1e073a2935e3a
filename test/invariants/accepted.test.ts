import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../cli/load.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { EXAMPLE, FIXTURES, placeFixture } from '../lib/fixtures.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';
import { violationsOf } from './waivers.ts';

/** The objects of the valid cluster with the files of a fixture instead of its own. */
async function render(fixture: string): Promise<ClusterObjects> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-accepted-'));
  try {
    const importer = placeFixture(root, 'accepted', fixture);
    return renderTestCluster(await loadCluster(root, EXAMPLE, importer));
  } finally {
    rmSync(root, { recursive: true });
  }
}

// Clusters that a fork may have and the test fleet has not: few sections, and each setting by itself.
const clusters = readdirSync(join(FIXTURES, 'accepted'))
  // What people override, and what others have written, may violate an invariant.
  .filter((name) => !name.startsWith('override-') && name !== 'own-manifests');

describe.each(clusters)('accepted/%s', async (fixture) => {
  const cluster = await render(fixture);

  it.each(INVARIANTS.map((invariant) => [invariant.name, invariant] as const))('%s', (_, invariant) => {
    expect(violationsOf(cluster, invariant)).toEqual([]);
  });
});
