import { expect, it } from 'vitest';
import { readFleet } from '../lib/fleet.ts';
import { meetEveryInvariant } from './meet-every-invariant.ts';

const fleet = await readFleet();

it('finds clusters in dist', () => {
  expect(fleet.map(({ name }) => name)).not.toEqual([]);
  expect(fleet.filter(({ objects }) => objects.length === 0)).toEqual([]);
});

meetEveryInvariant(fleet);
