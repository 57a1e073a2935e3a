import { expect, it } from 'vitest';
import { type ClusterObjects, clusterOf } from '../lib/cluster-objects.ts';
import { Draft } from '../lib/draft.ts';
import { monitored } from '../lib/monitored.ts';
import type { Invariant } from './invariant.ts';
import * as monitoring from './monitoring.ts';

const INVARIANTS = Object.values<Invariant>(monitoring);

const cluster = (): ClusterObjects =>
  clusterOf({ objects: monitored().map((manifest, i) => ({ component: 'shop', path: `shop/${i}.yaml`, manifest })) });

/** Violations of the small cluster after a change. */
function violations(change: (d: Draft) => void): string[] {
  const draft = new Draft(cluster());
  change(draft);
  return INVARIANTS.flatMap(({ check }) => check(draft));
}

it('a cluster whose only program is scraped meets them', () => {
  expect(violations(() => undefined)).toEqual([]);
});

it('without a Prometheus nothing has to be scraped or reached', () => {
  expect(
    violations((d) => {
      d.remove(d.find('Prometheus'));
      d.remove(d.find('PodMonitor'));
      d.remove(d.find('NetworkPolicy', 'shop'));
    }),
  ).toEqual([]);
});

it('a target in a namespace of which no policy is known needs only egress', () => {
  const withoutNamespace = (d: Draft): void => {
    d.remove(d.find('Namespace', 'shop'));
    d.remove(d.find('NetworkPolicy', 'shop'));
  };
  expect(violations(withoutNamespace)).toEqual([]);
  expect(
    violations((d) => {
      withoutNamespace(d);
      d.set(d.find('NetworkPolicy', 'scraper'), ['spec', 'egress'], []);
    }),
  ).toEqual(['Prometheus scraper/scraper may not call port metrics of StatefulSet shop/shop: its egress is denied']);
});

it('an alert may have the same name in another namespace, and a series other labels', () => {
  expect(
    violations((d) => {
      const copy = d.copy(d.find('PrometheusRule'), 'branch');
      d.set(copy, ['metadata', 'namespace'], 'scraper');
      for (const rule of [0, 1]) d.set(copy, ['spec', 'groups', 0, 'rules', rule, 'labels', 'shop'], `branch-${rule}`);
    }),
  ).toEqual([]);
});
