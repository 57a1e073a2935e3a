import { expect, it } from 'vitest';
import { leftovers } from '../../cli/fork/identity.ts';
import { Sources } from '../../cli/fork/sources.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

it("a fork with a repository of its own has nothing of the sample's identity", () => {
  expect(leftovers(new Sources(REPOSITORY)).join('\n')).toBe('');
});
