import { expect, test } from 'vitest';
import { isPlain } from '../../cli/plan/plain.ts';

test.each(['info', 'a b', 'v1.2.3', '1.2.3', '10Gi', '~/x', 'nullable', 'a\n ', 'x'.repeat(50)])(
  '%j needs no quotes',
  (text) => {
    expect(isPlain(text)).toBe(true);
  },
);

test.each([
  '',
  ' a',
  'a ',
  '50',
  '-1',
  '-',
  '1e3',
  '.5',
  '0x1f',
  'true',
  'False',
  'null',
  '~',
  '2026-12-31',
  'x '.repeat(30),
])('%j would be another value without quotes, or another text', (text) => {
  expect(isPlain(text)).toBe(false);
});
