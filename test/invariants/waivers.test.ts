import { describe, expect, it } from 'vitest';
import { RESTRICTED_NAMESPACES, type Waiver, waiversOf } from '../../charts/waivers.ts';
import { clusterOf, type ClusterObjects } from '../lib/cluster-objects.ts';
import { INVARIANTS } from './all.ts';
import { invariant } from './invariant.ts';
import { isAbout, uselessWaivers, violationsOf } from './waivers.ts';

const SENTENCES = ['Deployment a/web has no limit', 'container "x" of Deployment a/web-worker has no limit'];
const limits = invariant('every container has limits', () => SENTENCES);
const probes = invariant('every container has probes', () => ['Deployment a/web has no probe']);

const cluster = (...waivers: Waiver[]): ClusterObjects => clusterOf({ name: 'a', waivers });
const waiver = (object: string, name = limits.name): Waiver => ({ object, invariant: name, because: 'upstream' });

describe('a waiver', () => {
  it('suppresses the violations of its invariant about its object, and no other', () => {
    const waived = cluster(waiver('Deployment a/web'));
    expect(violationsOf(waived, limits)).toEqual(SENTENCES.slice(1));
    expect(violationsOf(waived, probes)).toEqual(['Deployment a/web has no probe']);
    expect(uselessWaivers(waived, [limits, probes])).toEqual([]);
  });

  it('that suppresses nothing is reported with the file and the reason', () => {
    expect(uselessWaivers(cluster(waiver('Service a/web')), [limits])).toEqual([
      'clusters/a/cluster.ts: the waiver for Service a/web ("upstream") is not needed: the object meets "every container has limits". Remove it',
    ]);
  });

  it('of an unknown invariant is reported with the one that is meant', () => {
    expect(uselessWaivers(cluster(waiver('Deployment a/web', 'every container has limit')), [limits])).toEqual([
      'clusters/a/cluster.ts: the waiver for Deployment a/web ("upstream") names the unknown invariant "every container has limit": did you mean "every container has limits"?',
    ]);
  });
});

it.each([
  ['Deployment a/web has no limit', true],
  ['container "x" of Deployment a/web has no limit', true],
  ['HTTPRoute a/web: Deployment a/web does not allow ingress', true],
  ['Deployment a/web: invalid', true],
  ['Deployment a/web-worker has no limit', false],
  ['Deployment a/web.v2 has no limit', false],
  ['Deployment aa/web has no limit', false],
  ['StatefulDeployment a/web has no limit', false],
])('%s: is about Deployment a/web: %s', (sentence, expected) => {
  expect(isAbout(sentence, 'Deployment a/web')).toBe(expected);
});

it('a Pod Security level is a waiver of an invariant that exists', () => {
  const podSecurity = { level: 'baseline' as const, because: 'it reads files as root' };
  expect(waiversOf({ manifests: { a: { podSecurity }, b: {} }, waivers: [] })).toEqual([
    { object: 'Namespace a', invariant: RESTRICTED_NAMESPACES, because: podSecurity.because },
  ]);
  expect(INVARIANTS.map(({ name }) => name)).toContain(RESTRICTED_NAMESPACES);
});
