import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { eastAsianWidth } from 'get-east-asian-width';
import { describe, expect, test } from 'vitest';
import type { Entry, Field, Plan } from '../../charts/plan/model.ts';
import { terminal, type TerminalOptions } from '../../cli/plan/terminal.ts';
import { anyPlan } from './any-plan.ts';
import { EXAMPLE, UNCHANGED } from './example.ts';

function shown(plan: Plan, options: Partial<TerminalOptions> = {}): string {
  return terminal(plan, { columns: 80, colour: false, noise: false, ...options });
}

function planOf(entry: Partial<Entry>, clusters = ['a', 'b']): Plan {
  const [first] = EXAMPLE.entries;
  return { ...EXAMPLE, clusters, entries: [{ ...first!, clusters, ...entry }] };
}

function linesOf(...fields: Field[]): string[] {
  const lines = shown(planOf({ verdict: 'update', fields })).split('\n');
  return lines.slice(4, lines.indexOf('', 4)).map((line) => line.slice(6));
}

test('a plan as a team has it, at 80 columns', async () => {
  await expect(`${shown(EXAMPLE)}\n`).toMatchFileSnapshot('example.txt');
});

test('a plan without changes is one sentence', () => {
  expect(shown(UNCHANGED)).toBe('Nothing changes in 4 clusters between 734701930c and working tree.');
  expect(shown({ ...UNCHANGED, noise: { objects: 2, fields: 1 } })).toBe(
    'Nothing changes in 4 clusters between 734701930c and working tree, and 1 field\n  and 2 objects without meaning: --noise',
  );
});

describe('any plan', () => {
  test('has no line that is wider than the terminal', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 40, max: 200 }), fc.boolean(), fc.boolean(), (plan, columns, ...on) => {
        const [colour, noise] = on;
        for (const line of stripVTControlCharacters(shown(plan, { columns, colour, noise })).split('\n')) {
          const wide = Array.from(line).reduce((sum, character) => sum + eastAsianWidth(character.codePointAt(0)!), 0);
          expect(wide, line).toBeLessThanOrEqual(columns);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('has no control character but line breaks, and the same text with colours', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const plain = shown(plan, { noise: true });
        expect(plain.replaceAll('\n', '')).not.toMatch(/\p{C}|(?! )\p{Z}/u);
        const coloured = shown(plan, { noise: true, colour: true });
        expect(stripVTControlCharacters(coloured)).toBe(plain);
      }),
      { numRuns: 50 },
    );
  });

  test('begins a line with nothing but its own words and the names of Applications', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const own = new Set(plan.entries.map(({ application }) => application).filter((name) => /^\w+$/.test(name)));
        const lines = shown({ ...plan, entries: plan.entries.filter(({ application }) => own.has(application)) });
        for (const line of lines.split('\n').filter((one) => /^\S/.test(one)))
          expect(/^(?:Plan|Summary|Nothing)\b/.test(line) || own.has(line.split('  wave ')[0]!)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('clusters', () => {
  const many = Array.from({ length: 100 }, (_, index) => `c${index}`);

  test.each([
    [['a', 'b'], ['a', 'b'], 'all 2 clusters'],
    [['b'], ['a', 'b'], 'b'],
    [['a'], ['a'], 'a'],
    [many.slice(0, 4), many, 'c0, c1, c2, c3'],
    [many.slice(1), many, '99 clusters: c1, c2, c3 … and 96 more'],
    [many, many, 'all 100 clusters'],
  ])('%j of %j: %s', (clusters, all, text) => {
    expect(shown({ ...planOf({ clusters }), clusters: all })).toContain(`[${text}]`);
  });
});

describe('fields', () => {
  test('a secret value is not shown, whatever the field has', () => {
    const field: Field = { path: 'data[key]', change: 'changed', before: 'old', after: 'new', hidden: '1 to 15 bytes' };
    expect(linesOf(field)).toEqual(['~ data[key]: changed, not shown: 1 to 15 bytes']);
  });

  test('a text that looks like a number or a truth has quotes', () => {
    expect(linesOf({ path: 'a', change: 'changed', before: 80, after: '80' })).toEqual(['~ a: 80 → "80"']);
    expect(linesOf({ path: 'a', change: 'added', after: 'true' })).toEqual(['+ a: "true"']);
    expect(linesOf({ path: 'a', change: 'changed', before: '', after: '2.3.1' })).toEqual(['~ a: "" → 2.3.1']);
  });

  test('a long value shows where it differs', () => {
    const [before, after] = ['1', '2'].map((version) => `${'registry.example/'.repeat(8)}app:${version}.0`);
    const lines = linesOf({ path: 'image', change: 'changed', before, after });
    expect(lines.map((line) => line.length <= 74)).toEqual([true, true, true]);
    expect(lines[1]).toMatch(/^- {3}registry.*….*app:1\.0$/);
    expect(lines[2]).toMatch(/^\+ {3}registry.*….*app:2\.0$/);
  });

  test('a text of many lines is a difference of lines, and what is too long is counted', () => {
    const before = Array.from({ length: 100 }, (_, line) => `line ${line}`);
    const after = before.map((line, index) => (index === 50 ? 'other' : line));
    const changed = linesOf({ path: 'data[x]', change: 'changed', before: before.join('\n'), after: after.join('\n') });
    expect(changed).toEqual(['~ data[x]:', '@@ line 50', '    line 49', '-   line 50', '+   other', '    line 51']);
    const added = linesOf({ path: 'data[x]', change: 'added', after: before.join('\n') });
    expect(added).toHaveLength(42);
    expect(added.at(-1)).toBe('    … 60 more lines, which --json has');
  });

  test('texts of thousands of other lines are not compared, which takes minutes', () => {
    const text = (word: string): string => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}`).join('\n');
    const lines = linesOf({ path: 'data[x]', change: 'changed', before: text('old'), after: text('new') });
    expect(lines.slice(0, 2)).toEqual(['~ data[x]:', '-   old 0']);
    expect(lines.at(-1)).toBe('    … 39960 more lines, which --json has');
  });

  test('the path of a pod template is written once', () => {
    const path = 'spec.jobTemplate.spec.template.spec';
    const lines = linesOf(
      { path: `${path}.containers[a].image`, change: 'changed', before: 'x', after: 'y' },
      { path: `${path}.nodeSelector[b]`, change: 'removed', before: 'z' },
      { path: 'spec.suspend', change: 'added', after: true },
    );
    expect(lines).toEqual([
      `  ${path}:`,
      '~   containers[a].image: x → y',
      '-   nodeSelector[b]: z',
      '+ spec.suspend: true',
    ]);
  });
});

describe('noise', () => {
  test('is counted, and listed when asked for', () => {
    expect(shown(EXAMPLE)).not.toContain('grafana');
    expect(shown(EXAMPLE)).toContain('+ 3 fields and 1 object without meaning: --noise');
    const listed = shown(EXAMPLE, { noise: true });
    expect(listed).toContain('≈ same    ConfigMap grafana/dashboards');
    expect(listed).toContain('containers[restaurants].resources.requests.cpu: 1000m → 1');
    expect(listed).not.toContain('--noise');
  });

  test('is none if it replaces pods', () => {
    expect(shown(EXAMPLE)).toContain('~   tolerations: order only, but it replaces the pods');
  });
});

test('lines that accept nothing are shown with what to do, where nothing changes, too', () => {
  const lines = [
    '  ! 2 lines of clusters/accepted.json accept nothing:',
    '      danger SLP-HOST-GONE: the line of HTTPRoute gateway/shpo is new and',
    '        accepts nothing (clusters/accepted.json:9)',
    '        instead: did you mean "HTTPRoute gateway/shop"?',
    '      info SLP-SERVICE-PUBLIC: the line of Service gateway/gateway accepts',
  ].join('\n');
  expect(shown(EXAMPLE)).toContain(lines);
  expect(shown({ ...UNCHANGED, unneeded: EXAMPLE.unneeded })).toContain(`working tree.\n${lines}`);
});

test('an accepted danger is shown with its reason and its end', () => {
  const text = shown(EXAMPLE).replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'accepted danger SLP-RIGHTS-SECRETS: restaurants-reader may list all Secrets of the cluster because: the audit of the summer reads them, see #4711, until 2026-08-31',
  );
  expect(text).toContain('! 1 finding accepted');
});
