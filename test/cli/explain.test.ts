import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instances } from '../../charts/lib/instances.ts';
import { explain } from '../../cli/explain.ts';

const settings = z.strictObject({
  size: z.string().default('1Gi'),
  owner: z.string(),
  users: z.strictObject({ limit: z.int() }).optional(),
});
const schema = z.strictObject({
  cache: instances(settings, { component: 'cache', tightest: { kind: 'StatefulSet', suffix: '' } }),
  replicas: z.union([z.int(), z.strictObject({ min: z.int(), max: z.int() })]).optional(),
});

/** The messages about a value of the section, as `what: fix`. */
function messages(cache: unknown, more: object = {}): string[] {
  const value = { cache, ...more };
  const { error } = schema.safeParse(value);
  return error ? explain(error, { schema, value, at: () => ({}) }).map(({ what, fix }) => `${what}: ${fix}`) : [];
}

describe('a mistake in a section for one or several instances', () => {
  it.each([
    [{ sizee: '1Gi', owner: 'me' }, ['unknown field "cache.sizee": did you mean "size"?']],
    [
      { sizee: '1Gi' },
      ['"cache.owner" is missing: add it; it must be a string', 'unknown field "cache.sizee": did you mean "size"?'],
    ],
    [{ size: 5, owner: 'me' }, ['"cache.size" is invalid: it must be a string']],
    [{ size: '1Gi' }, ['"cache.owner" is missing: add it; it must be a string']],
    [{}, ['"cache.owner" is missing: add it; it must be a string']],
    [{ owner: 'me', users: { limmit: 1, limit: 2 } }, ['unknown field "cache.users.limmit": did you mean "limit"?']],
    [
      { owner: 'me', user: { limit: 2 } },
      [
        'unknown field "cache.user": if it is an instance, the settings beside it need a name too (docs/instances.md); ' +
          'else did you mean "users"?',
      ],
    ],
    [{ users: { limit: 2 } }, ['"cache.owner" is missing: add it; it must be a string']],
    [{ main: { owner: 'me', sizee: '1Gi' } }, ['unknown field "cache.main.sizee": did you mean "size"?']],
    [{ main: { owner: 'me', size: 5 } }, ['"cache.main.size" is invalid: it must be a string']],
    [{ main: {} }, ['"cache.main.owner" is missing: add it; it must be a string']],
    [
      { main: { owner: 'me', users: { limmit: 1, limit: 2 } } },
      ['unknown field "cache.main.users.limmit": did you mean "limit"?'],
    ],
    [
      { main: { owner: 'me' }, Other: { owner: 'me', sizee: '1Gi' } },
      ['the name "cache.Other" is invalid: it must be lower-case letters, digits and hyphens, starting with a letter'],
    ],
    [{ main: '1Gi', other: { owner: 'me' } }, ['"cache.main" is invalid: it must be an object: { … }']],
    ['1Gi', ['"cache" is invalid: it must be an object: { … }']],
    [undefined, ['"cache" is missing: add it; it must be an object: { … }']],
  ])('%j is explained in the form that was meant', (value, expected) => {
    expect(messages(value).toSorted()).toEqual(expected);
  });

  it('is not confused with one in another union', () => {
    const cache = { owner: 'me' };
    expect(messages(cache, { replicas: { min: 1, maxx: 2 } }).toSorted()).toEqual([
      '"replicas.max" is missing: add it; it must be a number',
      'unknown field "replicas.maxx": did you mean "max"?',
    ]);
    expect(messages(cache, { replicas: 1.5 })).toEqual(['"replicas" is invalid: it must be an integer']);
  });
});
