import { describe, expect, it } from 'vitest';
import { Groups, type Own } from './group.ts';
import type { Entry } from './model.ts';

function grouped(entries: readonly Entry[], owns: readonly Own[]): Entry[] {
  const groups = new Groups();
  groups.add(entries);
  return groups.entries(owns);
}

const entry = (cluster: string, after: unknown, more: Partial<Entry> = {}): Entry => ({
  clusters: [cluster],
  application: 'web',
  object: 'Deployment web/web',
  wave: [1, 0],
  verdict: 'update',
  severity: 'info',
  fields: [{ path: 'spec.x', change: 'changed', before: 1, after }],
  findings: [],
  ...more,
});
const own = (cluster: string, values: Record<string, string> = {}) => ({ cluster, values });
const clusters = (entries: readonly Entry[]): string[][] => entries.map((one) => [...one.clusters]);

describe('grouped', () => {
  it('makes one entry of a change that many clusters have, and keeps the odd ones out', () => {
    const names = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const entries = names.map((name) => entry(name, name === 'c7' ? 3 : 2));
    const found = grouped(
      entries,
      names.map((name) => own(name)),
    );
    expect(found.map((one) => one.clusters.length)).toEqual([99, 1]);
    expect(found[1]?.clusters).toEqual(['c7']);
  });

  it('does not count the name, the domain and the facts of a cluster as a difference', () => {
    const one = (name: string, domain: string, account: string) => entry(name, `dist/${name} web.${domain} ${account}`);
    const found = grouped(
      [one('eu', 'eu.example.com', '111111111111'), one('us', 'us.example.com', '222222222222')],
      [
        own('eu', { domain: 'eu.example.com', 'facts.account': '111111111111' }),
        own('us', { domain: 'us.example.com', 'facts.account': '222222222222' }),
      ],
    );
    expect(clusters(found)).toEqual([['eu', 'us']]);
  });

  it("does not take another cluster's domain for its own", () => {
    const found = grouped(
      [entry('eu', 'eu.example.com'), entry('us', 'eu.example.com')],
      [own('eu', { domain: 'eu.example.com' }), own('us', { domain: 'us.example.com' })],
    );
    expect(clusters(found)).toEqual([['eu', 'us']]);
    const other = grouped(
      [entry('eu', 'us.example.com'), entry('us', 'us.example.org')],
      [own('eu', { domain: 'eu.example.com' }), own('us', { domain: 'us.example.com' })],
    );
    expect(clusters(other)).toEqual([['eu'], ['us']]);
  });

  it('does not take a word in a host name for the name of a cluster', () => {
    const found = grouped(
      [entry('local', 'db.svc.cluster.local'), entry('other', 'db.svc.cluster.local')],
      [own('local'), own('other')],
    );
    expect(clusters(found)).toEqual([['local', 'other']]);
  });

  it('keeps changes of different verdicts apart', () => {
    expect(clusters(grouped([entry('a', 1), entry('b', 1, { verdict: 'restart' })], []))).toEqual([['a'], ['b']]);
  });
});
