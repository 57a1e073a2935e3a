import { describe, expect, it } from 'vitest';
import { metricNames } from '../../charts/dashboards/queries.ts';
import type { About } from '../../charts/rules/rule.ts';
import { NAMED_ALERTS } from './all-alerts.ts';
import { neverApplying } from './inhibitions.ts';
import { labelsOf } from './known-metrics.ts';

/** Labels by which an exporter says whose namespace its series are about. */
const OWNERS: ReadonlySet<string> = new Set(['namespace', 'dest_namespace']);

/** Alerts on such series that are nevertheless no namespace's, and why. */
const OF_THE_PLATFORM: Readonly<Record<string, string>> = {
  ArgoCdDown: 'there are no series of Applications at all',
  CertManagerDown: 'there are no series of Certificates at all',
  SecretSyncsFailOften: 'a share of all objects is asked for, which is the store or the provider',
  SecretStoreNotReady: 'the store is of the whole cluster: its series have the label, without a value',
};

/** The alert reads series that tell whose they are. */
function tellsOwner(name: string, expr: string): boolean {
  return metricNames(expr, name).some((metric) => labelsOf(metric)?.some((label) => OWNERS.has(label)));
}

const others = NAMED_ALERTS.filter(([, { about }]) => about !== 'namespace');

describe('an alert about no namespace', () => {
  it.each(others)('%s reads no series that are about one, or for a reason', (name, { expr, about }) => {
    expect(['component', 'cluster'] satisfies About[]).toContain(about);
    expect(tellsOwner(name, expr), name).toBe(name in OF_THE_PLATFORM);
  });

  it('is there for each of the reasons', () => {
    expect(others.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(OF_THE_PLATFORM)));
  });
});

describe('an alert that mutes another one', () => {
  it('exists', () => {
    expect(neverApplying(NAMED_ALERTS)).toEqual([]);
  });

  it('is missed if it does not', () => {
    const [[, alert] = expect.fail()] = NAMED_ALERTS;
    expect(neverApplying([['A', { ...alert, mutedBy: { B: [] } }]])).toEqual(['A by B']);
  });
});
