import { describe, expect, it } from 'vitest';
import { readFleet, renderTestFleet } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';

const fleet = await readFleet();
const testFleet = await renderTestFleet();

it('finds clusters in dist', () => {
  expect(fleet.map(({ name }) => name)).not.toEqual([]);
  expect(fleet.filter(({ objects }) => objects.length === 0)).toEqual([]);
});

// The test fleet too: what holds for it holds for each cloud and section, also those that no cluster here has.
describe.each([...fleet, ...testFleet])('$name', (cluster) => {
  it.each(INVARIANTS)('$name', ({ check }) => {
    expect(check(cluster)).toEqual([]);
  });
});

describe('exceptions', () => {
  // Asked of the test fleet: a fork's clusters need not have what an exception is for.
  // One that lets nothing through any more would let the next mistake through.
  it.each(INVARIANTS)('are all needed: $name', ({ unneeded }) => {
    expect(unneeded(testFleet)).toEqual([]);
  });
});
