import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../cli/load.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';
import { violationsOf } from './waivers.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** The objects of the valid cluster with the files of a fixture instead of its own. */
async function render(fixture: string): Promise<ClusterObjects> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-accepted-'));
  const folder = join(root, 'clusters', 'example');
  try {
    for (const from of ['valid', join('accepted', fixture)]) cpSync(join(fixtures, from), folder, { recursive: true });
    const file = join(fixtures, 'accepted', fixture, 'cluster.ts');
    return renderTestCluster(await loadCluster(root, 'example', () => import(file)));
  } finally {
    rmSync(root, { recursive: true });
  }
}

// Clusters that a fork may have and the test fleet has not: few sections, and each setting by itself.
const clusters = readdirSync(join(fixtures, 'accepted'))
  // What people override, and what others have written, may violate an invariant.
  .filter((name) => !name.startsWith('override-') && name !== 'own-manifests');

describe.each(clusters)('accepted/%s', async (fixture) => {
  const cluster = await render(fixture);

  it.each(INVARIANTS.map((invariant) => [invariant.name, invariant] as const))('%s', (_, invariant) => {
    expect(violationsOf(cluster, invariant)).toEqual([]);
  });
});
