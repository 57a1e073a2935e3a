import { describe, expect, test } from 'vitest';
import { service, statefulSet } from '../objects.ts';
import { chosen, editsOf } from './edits.ts';
import { meaninglessEditsOf } from './meaningless.ts';
import { randomOf } from './random.ts';

const before = service();
const whats = editsOf(before).map(({ what }) => what);

describe('editsOf a Service', () => {
  test('changes, removes and adds fields, and leaves its identity', () => {
    expect(whats).toContain('remove spec.ports[].port');
    expect(whats).toContain('change spec.ports[].port (2)');
    expect(whats).toContain('add spec.loadBalancerClass');
    expect(whats.filter((what) => /metadata\.name|kind|apiVersion/.test(what))).toEqual([]);
  });

  test('every edit differs from the object, which stays as it was', () => {
    const copy = structuredClone(before);
    for (const { after, what } of editsOf(before)) expect(after, what).not.toEqual(before);
    expect(before).toEqual(copy);
  });
});

describe('chosen edits', () => {
  const edits = [...editsOf(before), ...editsOf(statefulSet())];

  test('are the same for a seed, and others for another', () => {
    const of = (seed: number) => chosen(edits, 20, randomOf(seed)).map(({ what }) => what);
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
  });

  test('are of every kind in turn, and like no other first', () => {
    const some = chosen(edits, 20, randomOf(1));
    expect(some.filter(({ before: { kind } }) => kind === 'Service')).toHaveLength(10);
    expect(new Set(some.map(({ before: { kind }, what }) => `${kind} ${what}`)).size).toBe(20);
  });
});

describe('meaninglessEditsOf', () => {
  test('says what the API server filled in, and not what it chose', () => {
    const live = {
      ...before,
      spec: { ...(before['spec'] as object), sessionAffinity: 'None', clusterIP: '10.96.0.7' },
    };
    expect(meaninglessEditsOf(before, live).map(({ what }) => what)).toEqual(['say spec.sessionAffinity: "None"']);
  });

  test('spells quantities otherwise', () => {
    const set = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'a' }, spec: { hard: { cpu: '4' } } };
    expect(meaninglessEditsOf(set, set).map(({ after }) => after['spec'])).toEqual([{ hard: { cpu: '4000m' } }]);
  });

  test('reverses lists of which nobody reads the order, and no others', () => {
    const role = (verbs: string[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'a' },
      rules: [{ verbs, extra: ['x', 'y'] }],
    });
    const edits = meaninglessEditsOf(role(['get', 'list']), role(['get', 'list']));
    expect(edits.map(({ after }) => after)).toContainEqual(role(['list', 'get']));
    expect(new Set(edits.map(({ reordered }) => reordered))).toEqual(new Set(['rules[].verbs']));
  });
});
