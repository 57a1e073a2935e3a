import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../cli/load.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** The objects of the valid cluster with the files of a fixture instead of its own. */
async function render(fixture: string): Promise<ClusterObjects> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-generic-'));
  const folder = join(root, 'clusters', 'example');
  try {
    for (const from of ['valid', join('accepted', fixture)]) cpSync(join(fixtures, from), folder, { recursive: true });
    const file = join(fixtures, 'accepted', fixture, 'cluster.ts');
    return renderTestCluster(await loadCluster(root, 'example', () => import(file)));
  } finally {
    rmSync(root, { recursive: true });
  }
}

// The test fleet has one generic cluster; these have the other alternatives of its facts.
const alternatives = readdirSync(join(fixtures, 'accepted')).filter((name) => name.startsWith('generic-'));

describe.each(alternatives)('accepted/%s', async (fixture) => {
  const cluster = await render(fixture);

  it.each(INVARIANTS.map((invariant) => [invariant.name, invariant] as const))('%s', (_, { check }) => {
    expect(check(cluster)).toEqual([]);
  });
});
