import { describe, expect, test } from 'vitest';
import { entriesFor } from '../../test/plan/changes.ts';
import { clusterObject, deployment, object, service, template } from '../../test/plan/objects.ts';
import type { Manifest } from '../lib/manifest.ts';

/** The verdict of a change, with the rules that say something of it. */
const verdictOf = (before: Manifest, after: Manifest): string | undefined => entriesFor([before], [after])[0]?.verdict;

const pod = (spec: object): Manifest => object('v1', 'Pod', { spec: { ...(template()['spec'] as object), ...spec } });
const tolerated = (...keys: string[]) => pod({ tolerations: keys.map((key) => ({ key, operator: 'Exists' })) });
const gated = (...names: string[]) => pod({ schedulingGates: names.map((name) => ({ name })) });
const claim = (...accessModes: string[]) => object('v1', 'PersistentVolumeClaim', { spec: { accessModes } });
const alerts = (...names: string[]) =>
  object('monitoring.coreos.com/v1', 'PrometheusRule', {
    spec: { groups: names.map((name) => ({ name, rules: [] })) },
  });
const definition = (...versions: string[]) =>
  clusterObject('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    spec: { group: 'a', versions: versions.map((name) => ({ name, served: true, storage: name === 'v1' })) },
  });
const selected = (...values: string[]) =>
  deployment({}, { selector: { matchExpressions: [{ key: 'a', operator: 'In', values }] } });
const account = (name?: string) => deployment({}, {}, name === undefined ? {} : { serviceAccountName: name });
const jobOf = (name?: string) =>
  object('batch/v1', 'Job', {
    spec: { template: template({}, name === undefined ? {} : { serviceAccountName: name }) },
  });

describe('a Pod', () => {
  test.each<[string, Manifest, Manifest, string]>([
    ['a shorter deadline', pod({ activeDeadlineSeconds: 9 }), pod({ activeDeadlineSeconds: 8 }), 'update'],
    ['a deadline', pod({}), pod({ activeDeadlineSeconds: 8 }), 'update'],
    ['a longer deadline', pod({ activeDeadlineSeconds: 9 }), pod({ activeDeadlineSeconds: 10 }), 'refused'],
    ['no deadline any more', pod({ activeDeadlineSeconds: 9 }), pod({}), 'refused'],
    ['a further toleration', tolerated('a'), tolerated('a', 'b'), 'update'],
    ['a toleration less', tolerated('a', 'b'), tolerated('a'), 'refused'],
    ['a gate less', gated('a', 'b'), gated('a'), 'update'],
    ['a further gate', gated('a'), gated('a', 'b'), 'refused'],
  ])('%s', (_, before, after, verdict) => expect(verdictOf(before, after)).toBe(verdict));

  test('an object without a spec is planned too', () => {
    const empty = object('v1', 'Pod', {});
    expect(verdictOf(pod({}), empty)).toBe('refused');
  });
});

describe('the order of a list that is compared as a whole', () => {
  test.each<[string, Manifest, Manifest]>([
    ['access modes of a claim', claim('ReadWriteOnce', 'ReadOnlyMany'), claim('ReadOnlyMany', 'ReadWriteOnce')],
    ['values of a selector', selected('x', 'y'), selected('y', 'x')],
  ])('%s', (_, before, after) => expect(verdictOf(before, after)).toBe('refused'));
});

describe('server-side apply', () => {
  test('refuses the last group of a PrometheusRule to go, not its removal with the list, nor another order', () => {
    expect(verdictOf(alerts('a'), alerts())).toBe('refused');
    expect(verdictOf(alerts('a', 'b'), alerts('a'))).toBe('update');
    expect(verdictOf(alerts('a', 'b'), alerts('b', 'a'))).toBe('same');
  });

  test('keeps the ServiceAccount of pods that no longer name one', () => {
    expect(verdictOf(account('a'), account())).toBe('inert');
    expect(verdictOf(jobOf('a'), jobOf())).toBe('inert');
    expect(verdictOf(account('a'), account('b'))).toBe('restart');
    expect(verdictOf(jobOf('a'), jobOf('b'))).toBe('refused');
  });

  test('keeps the addresses of a Service whose list is emptied', () => {
    const [one, none] = [service({ clusterIPs: ['10.96.0.7'] }), service({ clusterIPs: [] })];
    expect(verdictOf(one, none)).toBe('inert');
  });
});

test('a definition keeps the version that objects are stored in', () => {
  expect(verdictOf(definition('v1', 'v2'), definition('v2'))).toBe('refused');
  expect(verdictOf(definition('v1', 'v2'), definition('v1'))).toBe('update');
});
