import { describe, expect, it } from 'vitest';
import { changedFiles } from '../../cli/changed-files.ts';

const files = (count: number, folder: string): string[] =>
  Array.from({ length: count }, (_, i) => `${folder}/${i}.yaml`);

describe('the files that a run has changed', () => {
  it('are named, in the order of their paths', () => {
    expect(changedFiles({ missing: ['a/b/2.yaml'], stale: ['a/b/1.yaml'], extra: ['a/a/3.yaml'] })).toEqual([
      '  removed  a/a/3.yaml',
      '  changed  a/b/1.yaml',
      '  added    a/b/2.yaml',
    ]);
  });

  it('are none without any', () => {
    expect(changedFiles({ missing: [], stale: [], extra: [] })).toEqual([]);
  });

  it('are counted by component if they are many', () => {
    const changes = { missing: files(2, 'eu/shop'), stale: files(9, 'eu/shop'), extra: files(1, 'eu/applications') };
    expect(changedFiles(changes)).toEqual(['  eu/applications: 1 removed', '  eu/shop: 2 added, 9 changed']);
  });

  it('are counted by cluster if components are many', () => {
    const stale = Array.from({ length: 21 }, (_, i) => `eu/${i}/a.yaml`);
    expect(changedFiles({ missing: ['us/shop/a.yaml'], stale, extra: [] })).toEqual([
      '  eu: 21 changed',
      '  us: 1 added',
    ]);
  });
});
