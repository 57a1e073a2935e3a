import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { alertChange, ChangedAlerts } from './changes.ts';
import { type Alert, defineAlerts, type RuleGroup } from './rule.ts';

const ALERT: Alert = {
  expr: 'up == 0',
  for: '5m',
  severity: 'critical',
  summary: 'it is down',
  impact: 'users notice',
  runbook: 'monitoring',
  about: 'component',
};
const GROUP: RuleGroup = {
  name: 'shop',
  alerts: defineAlerts('component', { Down: ALERT, AtOnce: { ...ALERT, for: undefined } }),
};
const RECORDED: RuleGroup = { name: 'recorded', recordings: [{ record: 'a:b:c', expr: 'b' }], alerts: { Only: ALERT } };
const OFF = { off: true, because: 'it is planned' } as const;

/** The problem of a fault; the settings that its problems are about. */
function faultOf(act: () => unknown): { message: string; settings: unknown[] } {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return { message: error.message, settings: error.problems.map((one) => one.setting) };
    throw error;
  }
  throw new Error('no fault');
}

describe('a change of an alert', () => {
  it.each([
    ['how long it must hold', { for: '10m' }, { ...ALERT, for: '10m' }],
    ['its severity', { severity: 'info' as const }, { ...ALERT, severity: 'info' }],
    [
      'both, for a reason',
      { for: '1h', severity: 'warning' as const, because: 'slow' },
      { ...ALERT, for: '1h', severity: 'warning' },
    ],
  ])('changes %s, and nothing else', (_, change, changed) => {
    expect(new ChangedAlerts({ Down: change }).applyTo([GROUP])).toEqual([
      { name: 'shop', alerts: { ...GROUP.alerts, Down: changed } },
    ]);
  });

  it('that turns it off removes it, and a group that has no rule any more', () => {
    expect(new ChangedAlerts({ Down: OFF }).applyTo([GROUP])).toMatchObject([{ alerts: { AtOnce: {} } }]);
    expect(new ChangedAlerts({ Down: OFF, AtOnce: OFF }).applyTo([GROUP])).toEqual([]);
    expect(new ChangedAlerts({ Only: OFF }).applyTo([RECORDED])).toEqual([{ ...RECORDED, alerts: {} }]);
  });

  it('of an alert that several components have changes all of them', () => {
    const changed = new ChangedAlerts({ Down: { for: '10m' } });
    const both = [...changed.applyTo([GROUP]), ...changed.applyTo([{ ...GROUP, name: 'other' }])];
    expect(both.map(({ alerts }) => alerts?.['Down']?.for)).toEqual(['10m', '10m']);
    expect(() => changed.checkFound()).not.toThrow();
  });

  it.each([
    ['holds as long', { for: '5m' }, ['for'], 'remove the change of "Down"'],
    ['holds as long, in another unit', { for: '300s' }, ['for'], 'remove the change of "Down"'],
    ['is as severe', { severity: 'critical' as const }, ['severity'], 'remove the change of "Down"'],
    ['is the same', { for: '5m', severity: 'critical' as const }, ['for', 'severity'], 'remove the change of "Down"'],
    ['holds as long', { for: '5m', severity: 'info' as const }, ['for'], 'remove "for"'],
    ['is as severe', { for: '6m', severity: 'critical' as const }, ['severity'], 'remove "severity"'],
  ])('by which it %s is a mistake, which names the needless fields: %j', (_, change, fields, fix) => {
    const { message, settings } = faultOf(() => new ChangedAlerts({ Down: change }).applyTo([GROUP]));
    expect(settings).toEqual(fields.map((field) => ['alerts', 'Down', field]));
    for (const field of fields) expect(message).toContain(`"${field}" of the alert "Down" changes nothing`);
    expect(message).toContain(`fix:  ${fix}, or write another value`);
  });

  it('to at once is a mistake for one that tells at once', () => {
    const { settings } = faultOf(() => new ChangedAlerts({ AtOnce: { for: '0s' } }).applyTo([GROUP]));
    expect(settings).toEqual([['alerts', 'AtOnce', 'for']]);
  });

  it('with nothing is a mistake', () => {
    const { message, settings } = faultOf(() => new ChangedAlerts({ Down: { because: 'I like it' } }).applyTo([GROUP]));
    expect(settings).toEqual([['alerts', 'Down']]);
    expect(message).toContain('the change of the alert "Down" changes nothing');
  });

  it('of alerts that no component has is a mistake for each', () => {
    const changed = new ChangedAlerts({ Down: { for: '10m' }, Gone: OFF, Other: OFF });
    changed.applyTo([GROUP]);
    const { message, settings } = faultOf(() => changed.checkFound());
    expect(message).toContain('the alert "Gone" is of no component of this cluster');
    expect(settings).toEqual([
      ['alerts', 'Gone'],
      ['alerts', 'Other'],
    ]);
  });
});

describe('settings', () => {
  it.each(['30s', '5m', '1h30m', '1d', '1d12h'])('accept %s', (holds) => {
    expect(alertChange.safeParse({ for: holds }).success).toBe(true);
  });

  it.each(['', '5', '5m5m', '30m1h', '1.5h', 'soon', ' 5m'])('reject %j, which Prometheus does not read', (holds) => {
    expect(alertChange.safeParse({ for: holds }).success).toBe(false);
  });

  it.each([
    ['off without a reason', { off: true }],
    ['off beside another change', { ...OFF, for: '5m' }],
    ['not off', { off: false, because: 'x' }],
    ['an unknown severity', { severity: 'page' }],
  ])('reject %s', (_, wrong) => {
    expect(alertChange.safeParse(wrong).success).toBe(false);
  });
});
