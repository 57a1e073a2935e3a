import { describe, expect, it } from 'vitest';
import { changesBetween, pathOf, undoes } from '../../charts/render/changes.ts';

const BEFORE = { spec: { replicas: 2, args: ['--a', '--b'], resources: { limits: { memory: '1Gi' } } } };

/** The changes as path, old and new value. */
function changes(after: object, before: object = BEFORE): unknown[] {
  return changesBetween(before, after).map((change) => [
    pathOf(change),
    change.before,
    change.after,
    ...(change.inserted ? ['inserted'] : []),
  ]);
}

describe('changes', () => {
  it.each([
    ['of a value', { replicas: 3 }, [['spec.replicas', 2, 3]]],
    ['to null', { replicas: null }, [['spec.replicas', 2, null]]],
    ['of an item', { args: ['--a', '--c'] }, [['spec.args[1]', '--b', '--c']]],
    ['by a first item', { args: ['--z', '--a', '--b'] }, [['spec.args[0]', undefined, '--z', 'inserted']]],
    ['by a last item', { args: ['--a', '--b', '--z'] }, [['spec.args[2]', undefined, '--z', 'inserted']]],
    ['by a removed item', { args: ['--b'] }, [['spec.args[0]', '--a', undefined]]],
    ['by a removed map', { resources: undefined }, [['spec.resources', { limits: { memory: '1Gi' } }, undefined]]],
    [
      'by a new map are listed by field',
      { labels: { 'a.b/c': 'd', e: { f: 1, g: {} } } },
      [
        ['spec.labels["a.b/c"]', undefined, 'd'],
        ['spec.labels.e.f', undefined, 1],
        ['spec.labels.e.g', undefined, {}],
      ],
    ],
  ])('%s', (_, spec, expected) => {
    expect(changes({ spec: { ...BEFORE.spec, ...spec } })).toEqual(expected);
  });

  it('are none between equal objects', () => {
    expect(changes(structuredClone(BEFORE))).toEqual([]);
  });
});

describe('a later change', () => {
  const undone = (first: object, second: object): boolean => {
    const [earlier] = changesBetween(BEFORE, first);
    const [later] = changesBetween(first, second);
    return undoes(later!, earlier!);
  };
  const withSpec = (spec: object): object => ({ spec: { ...BEFORE.spec, ...spec } });

  it.each([
    ['the same field', { replicas: 3 }, { replicas: 4 }],
    ['the map that holds it', { resources: { limits: { memory: '2Gi' } } }, { resources: null }],
    ['the inserted item', { args: ['--a', '--b', '--c'] }, { args: ['--a', '--b', '--d'] }],
  ])('of %s undoes it', (_, first, second) => {
    expect(undone(withSpec(first), withSpec(second))).toBe(true);
  });

  it.each([
    ['another field', { replicas: 3 }, { replicas: 3, paused: true }],
    ['a longer name', { labels: { a: '1' } }, { labels: { a: '1', ab: '2' } }],
    ['another item', { args: ['--a', '--c'] }, { args: ['--z', '--a', '--c'] }],
    ['the place of an inserted item', { args: ['--z', '--a', '--b'] }, { args: ['--y', '--z', '--a', '--b'] }],
  ])('of %s does not', (_, first, second) => {
    expect(undone(withSpec(first), withSpec(second))).toBe(false);
  });
});
