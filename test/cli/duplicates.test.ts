import { describe, expect, it } from 'vitest';
import { duplicateJsonKeys, duplicateKeys } from '../../cli/duplicates.ts';

const found = async (...lines: string[]): Promise<(string | undefined)[][]> =>
  (await duplicateKeys(lines.join('\n'), 'cluster.ts')).map(({ what, file, seen }) => [what, file, seen]);

describe('a key written twice in a cluster file', () => {
  it.each([
    ['size: 1,', 'size: 2,'],
    [`'size': 1,`, 'size: 2,'],
    [`['size']: 1,`, '[`size`]: 2,'],
    ['size() { return 1; },', 'size: 2,'],
    ['size,', '...others, size: 2,'],
  ])('is found: %s %s', async (first, second) => {
    expect(await found('const size = 0;', 'export default {', first, second, '};')).toEqual([
      ['"size" is written twice in one object', 'cluster.ts:4', 'lines 3 and 4'],
    ]);
  });

  it.each([
    ['in a nested object', 'export default defineCluster({ a: [{ b: {', 'c: 1,', 'c: 2,', '} }] });'],
    ['in a constant', 'const sizes = {', 'c: 1,', 'c: 2,', '} as const;', 'export default { sizes };'],
    ['in a function', 'function small() { return {', 'c: 1,', 'c: 2,', '}; }', 'export default { a: small() };'],
    ['in a condition', 'export default { a: yes ? {} : {', 'c: 1,', 'c: 2,', '} };'],
  ])('is found %s', async (_, ...lines) => {
    expect(await found(...lines)).toEqual([['"c" is written twice in one object', 'cluster.ts:3', 'lines 2 and 3']]);
  });

  it('is reported at each repetition', async () => {
    expect(await found('export default {', 'a: 1,', 'a: 2, a: 3,', '};')).toEqual([
      ['"a" is written twice in one object', 'cluster.ts:3', 'lines 2 and 3'],
      ['"a" is written twice in one object', 'cluster.ts:3', 'twice on line 3'],
    ]);
  });

  it.each([
    ['one key in two objects', 'export default { a: { size: 1 }, b: { size: 1 } };'],
    ['an override of a spread', 'export default { ...base, size: 1 };'],
    ['a getter with its setter', 'export default { get a() { return 1; }, set a(value) {} };'],
    ['keys computed at run time', 'export default { [name()]: 1, [name()]: 2 };'],
    ['a type', 'type A = { a: 1 } | { a: 2 }; export default {};'],
    ['text', 'export default { a: "{ b: 1, b: 2 }" }; // { c: 1, c: 2 }'],
    ['a file that is not TypeScript', 'export default { a: 1, a: 2'],
  ])('is not %s', async (_, text) => {
    expect(await found(text)).toEqual([]);
  });
});

describe('a key written twice in a JSON file', () => {
  const inJson = (...lines: string[]): (string | undefined)[][] =>
    duplicateJsonKeys(lines.join('\n'), 'pins.json').map(({ what, file, seen }) => [what, file, seen]);

  it('is found at every depth', () => {
    expect(inJson('{', '"a": [{ "b": {', '"c": 1,', '"c": 1', '} }],', '"a": 2', '}')).toEqual([
      ['"a" is written twice in one object', 'pins.json:6', 'lines 2 and 6'],
      ['"c" is written twice in one object', 'pins.json:4', 'lines 3 and 4'],
    ]);
  });

  it('is not one key in two objects', () => {
    expect(inJson('{ "a": { "b": 1 }, "c": { "b": 1 } }')).toEqual([]);
  });
});
