import { describe, expect, it } from 'vitest';
import type { Json, PatchOperation } from '../../charts/overrides.ts';
import { mergePatch, patched } from '../../charts/render/patch.ts';

/** The test cases of RFC 7396, appendix A: original, patch, result. */
const RFC_7396: readonly (readonly [Json, Json, Json])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('a JSON merge patch', () => {
  it.each(RFC_7396)('turns %j by %j into %j', (original, patch, result) => {
    expect(mergePatch(original, patch)).toEqual(result);
  });

  it('leaves the original unchanged', () => {
    const original = { spec: { replicas: 2, paused: true } };
    patched(original, { spec: { replicas: 3, paused: null } });
    expect(original).toEqual({ spec: { replicas: 2, paused: true } });
  });
});

const OBJECT = { spec: { replicas: 2, args: ['--a', '--b'], labels: { 'example.com/x': 'y' } } };

describe('a JSON patch', () => {
  it.each<[PatchOperation, object]>([
    [{ op: 'add', path: '/spec/paused', value: true }, { paused: true }],
    [{ op: 'add', path: '/spec/args/-', value: '--c' }, { args: ['--a', '--b', '--c'] }],
    [{ op: 'add', path: '/spec/args/2', value: '--c' }, { args: ['--a', '--b', '--c'] }],
    [{ op: 'add', path: '/spec/args/0', value: '--c' }, { args: ['--c', '--a', '--b'] }],
    [{ op: 'replace', path: '/spec/args/1', value: '--c' }, { args: ['--a', '--c'] }],
    [{ op: 'remove', path: '/spec/args/0' }, { args: ['--b'] }],
    [{ op: 'remove', path: '/spec/labels/example.com~1x' }, { labels: {} }],
    [{ op: 'copy', from: '/spec/args/0', path: '/spec/args/-' }, { args: ['--a', '--b', '--a'] }],
    [{ op: 'move', from: '/spec/args/0', path: '/spec/args/1' }, { args: ['--b', '--a'] }],
    [{ op: 'test', path: '/spec/args', value: ['--a', '--b'] }, {}],
  ])('applies %j', (operation, changed) => {
    expect(patched(OBJECT, [operation])).toEqual({ spec: { ...OBJECT.spec, ...changed } });
  });

  it('applies its operations in order', () => {
    const patch: PatchOperation[] = [
      { op: 'add', path: '/status', value: {} },
      { op: 'add', path: '/status/ready', value: true },
    ];
    expect(patched(OBJECT, patch)).toEqual({ ...OBJECT, status: { ready: true } });
  });

  it('leaves the original unchanged', () => {
    const before = structuredClone(OBJECT);
    patched(OBJECT, [{ op: 'remove', path: '/spec/args/0' }]);
    expect(OBJECT).toEqual(before);
  });

  it.each<[PatchOperation, string]>([
    [
      { op: 'remove', path: '/spec/arg' },
      '"remove /spec/arg" cannot be applied: /spec has no "arg"\n  fix:  did you mean "args"?',
    ],
    [{ op: 'replace', path: '/spec/args/2', value: 1 }, '/spec/args has no "2"\n  fix:  use an index below 2'],
    [{ op: 'replace', path: '/spec/args/-', value: 1 }, '/spec/args has no "-"'],
    [{ op: 'replace', path: '/spec/args/01', value: 1 }, '/spec/args has no "01"'],
    [{ op: 'remove', path: '/spec/args/length' }, '/spec/args has no "length"'],
    [{ op: 'add', path: '/spec/args/3', value: 1 }, '/spec/args has no "3"'],
    [{ op: 'add', path: '/spec/none/x', value: 1 }, '/spec has no "none"'],
    [
      { op: 'add', path: '/spec/replicas/x', value: 1 },
      '/spec/replicas has no "x"\n  seen: 2\n  fix:  /spec/replicas has no fields',
    ],
    [{ op: 'remove', path: '/toString' }, 'the object has no "toString"'],
    [
      { op: 'move', from: '/spec/none', path: '/spec/x' },
      '"move /spec/none to /spec/x" cannot be applied: /spec has no "none"',
    ],
    [
      { op: 'copy', from: '/spec/args', path: '/none/x' },
      '"copy /spec/args to /none/x" cannot be applied: the object has no "none"',
    ],
    [{ op: 'copy', from: '/spec/replicas', path: '/spec/args/x' }, '/spec/args has no "x"'],
    [{ op: 'move', from: '/spec', path: '/spec/args/0' }, '"move /spec to /spec/args/0" cannot be applied'],
    [{ op: 'test', path: '/spec/none', value: null }, '"test /spec/none" cannot be applied: /spec has no "none"'],
    [
      { op: 'test', path: '/spec/replicas', value: '2' },
      '"test /spec/replicas" fails: the value is not "2"\n  seen: 2',
    ],
  ])('rejects %j', (operation, message) => {
    expect(() => patched(OBJECT, [operation])).toThrow(message);
  });
});
