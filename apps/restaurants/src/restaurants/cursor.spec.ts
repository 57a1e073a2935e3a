import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorText, encodeCursor, SORTS } from './cursor.ts';

const id = '65f0c0ffee0000000000beef';

describe('cursorText', () => {
  it('parses what encodeCursor wrote', () => {
    const name = fc.record({
      sort: fc.constantFrom('name' as const, '-name' as const),
      value: fc.string({ unit: 'grapheme', maxLength: 120 }),
    });
    const rating = fc.record({
      sort: fc.constantFrom('rating' as const, '-rating' as const),
      value: fc.integer({ min: 0, max: 10 }).map((n) => n / 2),
    });
    const time = fc.record({
      sort: fc.constantFrom('createdAt' as const, '-createdAt' as const),
      value: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
    });
    fc.assert(
      fc.property(fc.oneof(name, rating, time), ({ sort, value }) => {
        expect(cursorText.parse(encodeCursor({ sort, value, id }))).toEqual({ sort, value, id });
      }),
    );
  });

  it('supports every sort order', () => {
    const values = { name: 'a', rating: 1, createdAt: new Date(0) };
    for (const sort of SORTS) {
      const value = values[sort.replace('-', '') as keyof typeof values];
      expect(cursorText.parse(encodeCursor({ sort, value, id })).sort).toBe(sort);
    }
  });

  it.each([
    ['no data', ''],
    ['invalid base64', '%%%'],
    ['invalid JSON', Buffer.from('{').toString('base64url')],
    ['a tuple of the wrong shape', Buffer.from('{"sort":"name"}').toString('base64url')],
    ['a MongoDB operator', Buffer.from(JSON.stringify(['name', { $gt: '' }, id])).toString('base64url')],
    ['a value of the wrong type', encodeCursor({ sort: 'rating', value: 'x', id })],
    ['an invalid id', encodeCursor({ sort: 'name', value: 'x', id: 'me' })],
  ])('rejects %s', (_, text) => {
    expect(cursorText.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      'must be the `next` of a previous response',
    ]);
  });
});
