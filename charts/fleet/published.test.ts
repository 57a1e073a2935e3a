import { describe, expect, it } from 'vitest';
import { branchesOf, sourceOf } from './published.ts';

const FLEET = { url: 'https://github.com/example/fleet.git', revision: 'main' };

describe('the source of a cluster', () => {
  it.each([
    [undefined, FLEET],
    [{ revision: 'clusters/{cluster}' }, { ...FLEET, revision: 'clusters/edge' }],
    [
      { url: 'https://github.com/example/fleet-{cluster}.git' },
      { url: 'https://github.com/example/fleet-edge.git', revision: 'main' },
    ],
    [{ url: 'git@github.com:{cluster}/{cluster}.git' }, { url: 'git@github.com:edge/edge.git', revision: 'main' }],
  ])('published to %j is %j', (published, source) => {
    expect(sourceOf({ ...FLEET, published }, 'edge')).toEqual(source);
  });
});

describe('the branches of a pattern', () => {
  it.each([
    ['clusters/{cluster}', 'clusters/edge', true],
    ['clusters/{cluster}', 'clusters/edge/more', true],
    ['clusters/{cluster}', 'clusters', false],
    ['clusters/{cluster}', 'a/clusters/edge', false],
    ['v1.{cluster}', 'v1.edge', true],
    ['v1.{cluster}', 'v1xedge', false],
  ])('%s and the branch %s: %s', (pattern, branch, match) => {
    expect(branchesOf(pattern).test(branch)).toBe(match);
  });
});
