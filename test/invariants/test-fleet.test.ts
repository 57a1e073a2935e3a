import { describe, expect, it } from 'vitest';
import { renderTestFleet } from '../lib/fleet.ts';
import { BY_NAME, meetEveryInvariant } from './meet-every-invariant.ts';

const testFleet = await renderTestFleet();

// It covers every cloud and section, including those that no cluster of dist has.
meetEveryInvariant(testFleet);

describe('exceptions', () => {
  // Checked on the test fleet only: a fork's clusters need not have the violation that an exception accepts.
  // An exception that is no longer needed would hide the next defect.
  it.each(BY_NAME)('are all needed: %s', (_, { unneeded }) => {
    expect(unneeded(testFleet)).toEqual([]);
  });
});
