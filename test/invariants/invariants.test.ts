import { describe, expect, it } from 'vitest';
import { readFleet } from '../lib/fleet.ts';
import { INVARIANTS } from './all.ts';

const fleet = await readFleet();

it('finds clusters in dist', () => {
  expect(fleet.map(({ name }) => name)).not.toEqual([]);
  expect(fleet.filter(({ objects }) => objects.length === 0)).toEqual([]);
});

describe.each(fleet)('$name', (cluster) => {
  it.each(INVARIANTS)('$name', ({ check }) => {
    expect(check(cluster)).toEqual([]);
  });
});

describe('exceptions', () => {
  // One that lets nothing through any more would let the next mistake through.
  it.each(INVARIANTS)('are all needed: $name', ({ unneeded }) => {
    expect(unneeded(fleet)).toEqual([]);
  });
});
