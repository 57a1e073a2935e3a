import { describe, expect, it } from 'vitest';
import type { Accepted } from './accepted.ts';
import type { Entry } from './model.ts';
import { unneededOf } from './unneeded.ts';

const TODAY = '2026-06-01';

const line: Accepted = {
  object: 'Service web/web',
  rule: 'SLP-service-public',
  because: 'it is a public API',
  until: '2026-12-31',
};

function entryOf(object: string, ...rules: readonly string[]): Entry {
  return {
    clusters: ['eu', 'us'],
    application: 'web',
    object,
    wave: [1, 0],
    verdict: 'update',
    severity: 'danger',
    fields: [],
    findings: rules.map((rule) => ({ rule, severity: 'danger', says: 'it is so' })),
  };
}

function unneeded(accepted: Accepted, isNew: boolean, ...entries: readonly Entry[]) {
  return unneededOf([{ accepted, at: 'clusters/accepted.json:2', isNew }], entries, TODAY)[0];
}

describe('a line that accepts nothing', () => {
  it('is to be removed once its change is in the base', () => {
    expect(unneeded(line, false)).toEqual({
      rule: 'SLP-service-public',
      object: 'Service web/web',
      path: 'clusters/accepted.json:2',
      severity: 'info',
      says: 'the line of Service web/web accepts nothing here, and the base has it already',
      instead: 'remove it, unless a change that it is for has not reached all of its clusters yet',
    });
  });

  it('is to be removed in any case once it is over, from the day after its last one', () => {
    expect(unneeded({ ...line, until: '2026-05-31' }, false)).toMatchObject({
      severity: 'warn',
      says: 'the line of Service web/web accepts nothing, and is over since 2026-05-31',
      instead: 'remove it',
    });
    expect(unneeded({ ...line, until: TODAY }, false)?.severity).toBe('info');
  });

  it('is a danger if it is new, whatever its end', () => {
    expect(unneeded(line, true)).toMatchObject({
      severity: 'danger',
      says: 'the line of Service web/web is new and accepts nothing',
    });
    expect(unneeded({ ...line, until: '2025-12-31' }, true)).toMatchObject({
      severity: 'danger',
      says: 'the line of Service web/web is new and accepts nothing, and was over on 2025-12-31 already',
    });
  });

  it('stands before those of the base if it is new', () => {
    const lines = [false, true].map((isNew, i) => ({ accepted: line, at: `clusters/accepted.json:${i}`, isNew }));
    expect(unneededOf(lines, [], TODAY).map(({ path }) => path)).toEqual([
      'clusters/accepted.json:1',
      'clusters/accepted.json:0',
    ]);
  });
});

describe('instead of a new line', () => {
  const others = [entryOf('Deployment web/web', 'SLP-service-public'), entryOf('Service web/other', 'SLP-port-gone')];

  it.each<[of: string, entry: Entry, instead: string]>([
    ['a misspelt object', entryOf('Service web/wbe', 'SLP-service-public'), 'did you mean "Service web/wbe"?'],
    ['a rule like it', entryOf('Service web/web', 'SLP-x', 'SLP-service-publik'), 'did you mean "SLP-service-publik"?'],
    ['another rule', entryOf('Service web/web', 'SLP-a', 'SLP-b', 'SLP-a'), 'use one of: SLP-a, SLP-b'],
    [
      'other clusters',
      entryOf('Service web/web', 'SLP-service-public'),
      'name the clusters that have this danger: eu, us',
    ],
    ['another danger', entryOf('Job a/b', 'SLP-c'), 'remove it, and add it in the commit that makes the change'],
  ])('of %s', (_, entry, instead) => {
    expect(unneeded({ ...line, clusters: ['asia'] }, true, ...others, entry)?.instead).toBe(instead);
  });

  it('nothing is suggested that is accepted already', () => {
    const entry = entryOf('Service web/wbe', 'SLP-service-public');
    const findings = entry.findings.map((one) => ({ ...one, accepted: { because: 'as above', until: TODAY } }));
    expect(unneeded(line, true, { ...entry, findings })?.instead).toMatch(/^remove it/);
  });
});
