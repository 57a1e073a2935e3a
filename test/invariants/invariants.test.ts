import { describe, expect, it } from 'vitest';
import { readFleet, renderTestFleet } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';
import { uselessWaivers, violationsOf } from './waivers.ts';

const fleet = await readFleet();
const testFleet = await renderTestFleet();

/** For titles by '%s': vitest shortens what '$name' prints. */
const BY_NAME = INVARIANTS.map((invariant) => [invariant.name, invariant] as const);

it('finds clusters in dist', () => {
  expect(fleet.map(({ name }) => name)).not.toEqual([]);
  expect(fleet.filter(({ objects }) => objects.length === 0)).toEqual([]);
});

// The test fleet too: it covers every cloud and section, including those that no cluster of dist has.
describe.each([...fleet, ...testFleet])('$name', (cluster) => {
  it.each(BY_NAME)('%s', (_, invariant) => {
    expect(violationsOf(cluster, invariant)).toEqual([]);
  });

  it('needs every waiver', () => {
    expect(uselessWaivers(cluster, INVARIANTS)).toEqual([]);
  });
});

describe('exceptions', () => {
  // Checked on the test fleet only: a fork's clusters need not have the violation that an exception accepts.
  // An exception that is no longer needed would hide the next defect.
  it.each(BY_NAME)('are all needed: %s', (_, { unneeded }) => {
    expect(unneeded(testFleet)).toEqual([]);
  });
});
