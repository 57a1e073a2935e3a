import { describe, expect, it } from 'vitest';
import { type Accepted, AcceptedDangers, acceptedSchema } from './accepted.ts';
import type { Entry } from './model.ts';

const entry: Entry = {
  clusters: ['a'],
  application: 'web',
  object: 'Service web/web',
  wave: [1, 0],
  verdict: 'update',
  severity: 'danger',
  fields: [],
  findings: [
    { rule: 'SLP-service-public', severity: 'danger', says: 'it is public' },
    { rule: 'SLP-port-gone', severity: 'warn', says: 'a port goes' },
  ],
};
const line = {
  object: 'Service web/web',
  rule: 'SLP-service-public',
  because: 'it is a public API',
  until: '2026-12-31',
};

const accept = (lines: readonly Accepted[], today: string): Entry | undefined =>
  new AcceptedDangers(lines, today).accept([entry])[0];

describe('AcceptedDangers', () => {
  it('marks the finding, which no longer counts and stays', () => {
    const found = accept([line], '2026-12-31');
    expect(found?.severity).toBe('warn');
    expect(found?.findings[0]).toMatchObject({ severity: 'danger', accepted: { because: 'it is a public API' } });
  });

  it('counts it again the day after, and says so', () => {
    const found = accept([line], '2027-01-01');
    expect(found?.severity).toBe('danger');
    expect(found?.findings[0]?.says).toBe('it is public; accepted until 2026-12-31, which is over');
  });

  it('takes the line that ends last, wherever it stands', () => {
    const renewed = { ...line, because: 'it still is a public API', until: '2027-06-30' };
    for (const lines of [
      [line, renewed],
      [renewed, line],
    ])
      expect(accept(lines, '2027-01-01')?.findings[0]?.accepted).toEqual({
        because: 'it still is a public API',
        until: '2027-06-30',
      });
  });

  it('knows the lines that some cluster needs, over or not', () => {
    const lines = [line, { ...line, clusters: ['b'] }, { ...line, object: 'Service web/other' }];
    const dangers = new AcceptedDangers(lines, '2027-01-01');
    expect(lines.map((one) => dangers.isNeeded(one))).toEqual([false, false, false]);
    dangers.accept([entry]);
    expect(lines.map((one) => dangers.isNeeded(one))).toEqual([true, false, false]);
    dangers.accept([{ ...entry, clusters: ['b'] }]);
    expect(lines.map((one) => dangers.isNeeded(one))).toEqual([true, true, false]);
  });

  it('needs every line that is not over, and one that is over only in want of another', () => {
    const lines = ['2026-12-31', '2027-06-30', '2027-12-31'].map((until) => ({ ...line, until }));
    const neededOn = (today: string): boolean[] => {
      const dangers = new AcceptedDangers(lines, today);
      dangers.accept([entry]);
      return lines.map((one) => dangers.isNeeded(one));
    };
    expect(neededOn('2026-12-31')).toEqual([true, true, true]);
    expect(neededOn('2027-01-01')).toEqual([false, true, true]);
    expect(neededOn('2028-01-01')).toEqual([false, false, true]);
  });

  it.each([
    ['another rule', { ...line, rule: 'SLP-other' }],
    ['another object', { ...line, object: 'Service web/other' }],
    ['another cluster', { ...line, clusters: ['b'] }],
  ])('does not take one of %s', (_, other) => {
    expect(accept([other], '2026-01-01')?.severity).toBe('danger');
  });
});

describe('acceptedSchema', () => {
  it.each([
    ['no reason', { ...line, because: 'ok' }],
    ['no end', { ...line, until: 'never' }],
    ['a day that no calendar has', { ...line, until: '2026-02-30' }],
    ['a day that is written otherwise', { ...line, until: '31.12.2026' }],
    ['no cluster', { ...line, clusters: [] }],
    ['no object', { ...line, object: 'web' }],
  ])('refuses %s', (_, value) => {
    expect(acceptedSchema.safeParse([value]).success).toBe(false);
  });
});
