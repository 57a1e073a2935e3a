import { describe, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import { acceptedLines } from '../../cli/plan/accepted-lines.ts';

const line = {
  object: 'Service app/app',
  rule: 'SLP-service-public',
  clusters: ['eu', 'us'],
  because: 'it is a public API',
  until: '2026-12-31',
};

const textOf = (...accepted: readonly unknown[]): string => JSON.stringify(accepted, null, 2);

function lines(base: string | undefined, head: string | undefined) {
  return acceptedLines(base, head, ['asia', 'eu', 'us']).map(({ at, isNew }) => [at, isNew]);
}

/** The place of each mistake, and what to do. */
function mistakesOf(head: string, base?: string): (string | undefined)[][] {
  try {
    lines(base, head);
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.problems.map(({ file, what, fix }) => [file, what, fix]);
    throw error;
  }
}

describe('clusters/accepted.json', () => {
  it('is read with the place of each line', () => {
    expect(lines(undefined, undefined)).toEqual([]);
    expect(lines(undefined, textOf(line, { ...line, clusters: undefined }))).toEqual([
      ['clusters/accepted.json:2', true],
      ['clusters/accepted.json:12', true],
    ]);
  });

  it.each<[how: string, base: unknown, isNew: boolean]>([
    ['has the same one', line, false],
    ['has another reason and end', { ...line, because: 'it was a public API', until: '2026-01-31' }, false],
    ['has the clusters in another order', { ...line, clusters: ['us', 'eu'] }, false],
    ['has another rule', { ...line, rule: 'SLP-port-gone' }, true],
    ['has another object', { ...line, object: 'Service app/other' }, true],
    ['has fewer clusters', { ...line, clusters: ['eu'] }, true],
    ['has it for all clusters', { ...line, clusters: undefined }, true],
    ['has a rule that is gone, and the same one', [{ ...line, rule: 'SLP-gone' }, line], false],
  ])('where the base %s: a new line is %s', (_, base, isNew) => {
    expect(lines(textOf(...[base].flat()), textOf(line))).toEqual([['clusters/accepted.json:2', isNew]]);
  });

  it.each(['[', '{}', '[{}]', ''])('has new lines only if the base has %j, which is not to be corrected', (base) => {
    expect(lines(base, textOf(line))).toEqual([['clusters/accepted.json:2', true]]);
  });
});

describe('a mistake in clusters/accepted.json', () => {
  it('is a rule that there is not', () => {
    expect(mistakesOf(textOf({ ...line, rule: 'SLP-service-publik' }))).toEqual([
      ['clusters/accepted.json:4', 'there is no rule "SLP-service-publik"', 'did you mean "SLP-service-public"?'],
    ]);
    expect(mistakesOf(textOf({ ...line, rule: 'service-public' }))[0]?.[2]).toBe('did you mean "SLP-service-public"?');
    expect(mistakesOf(textOf({ ...line, rule: 'public' }))[0]?.[2]).toBe('use the id of a rule in docs/plan.md');
  });

  it('is a cluster that neither tree has, if the line is new', () => {
    const text = textOf({ ...line, clusters: ['eu', 'aisa'] });
    expect(mistakesOf(text)).toEqual([
      ['clusters/accepted.json:7', 'dist has no cluster "aisa"', 'did you mean "asia"?'],
    ]);
    expect(mistakesOf(text, text)).toEqual([]);
  });

  it.each(['never', '2026-02-30', '2026-13-01', '2026-6-1', '31.12.2026', '2026-12-31T00:00:00Z', ''])(
    'is the end %j, which is no day',
    (until) => {
      expect(mistakesOf(textOf({ ...line, until }))).toEqual([
        ['clusters/accepted.json:10', expect.stringContaining('until'), 'it must be a day, such as 2026-12-31'],
      ]);
    },
  );

  it('is found with all others', () => {
    const rules = ['SLP-a', 'SLP-b'].map((rule) => ({ ...line, rule, clusters: ['uk'] }));
    expect(mistakesOf(textOf(...rules))).toHaveLength(4);
  });
});
