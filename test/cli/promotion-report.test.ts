import { describe, expect, it } from 'vitest';
import type { Entry, Plan } from '../../charts/plan/model.ts';
import type { Pin } from '../../charts/pins.ts';
import { ringsOf, ringsSchema } from '../../charts/rings.ts';
import { messageOf, report } from '../../cli/promotion/report.ts';

const [from, to] = ringsOf(
  ringsSchema.parse({ staging: { clusters: ['one', 'other'] }, production: { clusters: ['two', 'three'] } }),
);
if (!from || !to) throw new Error('there are two rings');
const step = { from, to };

const pin = (version: string): Pin => ({ datasource: 'docker', packageName: 'docker.io/library/mongo', version });
const ready = (component: string, kept: readonly string[] = []) => ({
  promotion: {
    component,
    file: `clusters/pins/production/${component}.json`,
    moves: [{ pin: component, before: pin('1'), after: pin('2') }],
    kept,
  },
  soaked: { since: new Date('2026-02-01T12:00:30Z'), commit: 'abc1234 Move', seconds: 0 },
});

const entry = (clusters: string[], changes: Partial<Entry> = {}): Entry => ({
  clusters,
  application: 'mongo',
  object: 'StatefulSet mongo/mongo',
  wave: [2, 0],
  verdict: 'restart',
  severity: 'info',
  fields: [{ path: 'spec.replicas', change: 'changed', before: 1, after: 2 }],
  findings: [],
  ...changes,
});
const danger = (accepted?: { because: string; until: string }): Partial<Entry> => ({
  severity: accepted ? 'info' : 'danger',
  findings: [
    { rule: 'SLP-single-replica', severity: 'danger', says: 'one pod is left', ...(accepted && { accepted }) },
  ],
});

const planOf = (...entries: Entry[]): Plan => ({
  version: 1,
  base: 'abc1234',
  head: 'the promotion',
  clusters: ['one', 'other', 'two', 'three'],
  entries,
  unneeded: [
    { rule: 'SLP-recreate', severity: 'info', path: 'clusters/accepted.json:2', says: 'over', object: 'Service a/a' },
  ],
  noise: { objects: 3, fields: 7 },
});
const printed = (...entries: Entry[]): string => report(step, [ready('mongo')], [], planOf(...entries), ['done']);
const headings = (text: string): string[] => text.split('\n').filter((line) => /^(As it was|New here)|\[/.test(line));

describe('the report of a promotion', () => {
  it('has what a cluster of the ring before has been through apart from what none has', () => {
    expect(headings(printed(entry(['one', 'two']), entry(['three'], danger())))).toEqual([
      'As it was seen in staging:',
      '  ↻ restart StatefulSet mongo/mongo [two]',
      'New here, not seen in staging:',
      '  ↻ restart StatefulSet mongo/mongo [three]',
    ]);
  });

  it('leaves out what changed in the ring before alone', () => {
    expect(headings(printed(entry(['one']), entry(['other'], danger())))).toEqual([]);
  });

  it.each<[string, Partial<Entry>, Partial<Entry>]>([
    ['synced in another wave', {}, { wave: [3, 1] }],
    ['a danger that is accepted in one ring', danger(), danger({ because: 'it is a test', until: '2099-12-31' })],
  ])('takes for seen: %s', (_, before, here) => {
    expect(headings(printed(entry(['one'], before), entry(['two'], here)))[0]).toBe('As it was seen in staging:');
  });

  it.each<[string, Partial<Entry>]>([
    ['another danger', danger()],
    ['another verdict', { verdict: 'replace' }],
    ['other fields', { fields: [{ path: 'spec.replicas', change: 'changed', before: 3, after: 2 }] }],
  ])('takes for new: %s', (_, here) => {
    expect(headings(printed(entry(['one']), entry(['two'], here)))[0]).toBe('New here, not seen in staging:');
  });

  it('counts of its own ring alone: neither noise of both nor lines of accepted.json', () => {
    const text = printed(entry(['one', 'two']));
    expect(text).toContain('1 change of 1 object in 1 of 2 clusters');
    expect(text).not.toMatch(/without meaning|accepted\.json/);
  });

  it('says which pins stay, and what was not promoted', () => {
    const refusal = { what: 'whoami has not soaked', fix: 'wait' };
    expect(report(step, [ready('mongo', ['exporter', 'tools'])], [refusal], planOf(), ['done']).split('\n')).toEqual([
      'production: mongo 1 → 2, in staging since 2026-02-01 12:00 UTC',
      '  exporter stays as it is: staging has no such pin',
      '  tools stays as it is: staging has no such pin',
      '',
      'Not promoted:',
      'whoami has not soaked',
      '  fix:  wait',
      '',
      'done',
    ]);
  });
});

describe('the message of a promotion', () => {
  const title = (...names: readonly string[]): string | undefined =>
    messageOf(
      step,
      names.map((name) => ready(name)),
      {},
    ).split('\n')[0];

  it('names up to three components in its title, and each in its text', () => {
    expect(title('a', 'b', 'c')).toBe('Promote a, b, c from staging to production');
    expect(title('a', 'b', 'c', 'd')).toBe('Promote 4 components from staging to production');
    expect(messageOf(step, [ready('a'), ready('b')], {})).toBe(
      'Promote a, b from staging to production\n\n- a: 1 → 2, in staging since 2026-02-01 12:00 UTC\n- b: 1 → 2, in staging since 2026-02-01 12:00 UTC\n',
    );
  });
});
