import { describe, expect, it } from 'vitest';
import { accept, acceptedSchema } from './accepted.ts';
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

describe('accept', () => {
  it('marks the finding, which no longer counts and stays', () => {
    const [found] = accept([entry], [line], '2026-12-31');
    expect(found?.severity).toBe('warn');
    expect(found?.findings[0]).toMatchObject({ severity: 'danger', accepted: { because: 'it is a public API' } });
  });

  it('counts it again the day after, and says so', () => {
    const [found] = accept([entry], [line], '2027-01-01');
    expect(found?.severity).toBe('danger');
    expect(found?.findings[0]?.says).toBe('it is public; accepted until 2026-12-31, which is over');
  });

  it.each([
    ['another rule', { ...line, rule: 'SLP-other' }],
    ['another object', { ...line, object: 'Service web/other' }],
    ['another cluster', { ...line, clusters: ['b'] }],
  ])('does not take one of %s', (_, other) => {
    expect(accept([entry], [other], '2026-01-01')[0]?.severity).toBe('danger');
  });
});

describe('acceptedSchema', () => {
  it.each([
    ['no reason', { ...line, because: 'ok' }],
    ['no end', { ...line, until: 'never' }],
    ['no object', { ...line, object: 'web' }],
    ['another rule', { ...line, rule: 'web' }],
  ])('refuses %s', (_, value) => {
    expect(acceptedSchema.safeParse([value]).success).toBe(false);
  });
});
