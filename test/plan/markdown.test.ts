import * as fc from 'fast-check';
import { parse, postprocess, preprocess } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { type Plan, planSchema } from '../../charts/plan/model.ts';
import { code, fenced, prose } from '../../cli/plan/markdown-text.ts';
import { markdown, MARKER } from '../../cli/plan/markdown.ts';
import { anyPlan, HOSTILE, manyEntries } from './any-plan.ts';
import { EXAMPLE, UNCHANGED } from './example.ts';

interface Token {
  readonly type: string;
  readonly text: string;
}

/** What a parser of GitHub's Markdown makes of it. */
function tokensOf(text: string): Token[] {
  const events = postprocess(
    parse({ extensions: [gfm()] })
      .document()
      .write(preprocess()(text, undefined, true)),
  );
  return events
    .filter(([kind]) => kind === 'enter')
    .map(([, { type, start, end }]) => ({ type, text: text.slice(start.offset, end.offset) }));
}

function ofType(tokens: readonly Token[], ...types: readonly string[]): string[] {
  return tokens.filter(({ type }) => types.includes(type)).map(({ text }) => text);
}

/** The only HTML of a comment. */
const OWN_HTML = [
  /^<!-- slipway-plan -->$/,
  /^<details><summary><code>[^<>"']*<\/code>: [\d a-z,]+<\/summary>$/,
  /^<\/details>$/,
];
/** What Markdown may be in a comment; everything else is text. */
const OWN_TYPES = new Set(
  [
    'atxHeading atxHeadingSequence atxHeadingText blankLine chunkFlow chunkText chunkContent chunkDocument',
    'codeFenced codeFencedFence codeFencedFenceInfo codeFencedFenceSequence codeFlowValue codeText codeTextData',
    'codeTextPadding codeTextSequence content data htmlFlow htmlFlowData lineEnding lineEndingBlank linePrefix',
    'listItemIndent listItemMarker listItemPrefix listItemPrefixWhitespace listUnordered paragraph strong strongSequence',
    'strongText whitespace space chunkString',
  ].flatMap((types) => types.split(' ')),
);
/** Outside code, GitHub makes something of these: mentions, references, links, emoji, formulas. */
const MEANT_BY_GITHUB = /[@#$<>&[\]_*~|\\]|:\w|www\.|\w\/\w|GH-\d/i;

function expectHarmless(text: string): void {
  const tokens = tokensOf(text);
  expect([...new Set(tokens.map(({ type }) => type))].filter((type) => !OWN_TYPES.has(type))).toEqual([]);
  for (const html of ofType(tokens, 'htmlFlow'))
    expect(
      OWN_HTML.some((own) => own.test(html.trim())),
      html,
    ).toBe(true);
  for (const data of ofType(tokens, 'data')) expect(data).not.toMatch(MEANT_BY_GITHUB);
  const headings = ofType(tokens, 'atxHeading');
  expect(headings.filter((heading) => !/^### Plan: [\d a-z,]+$/.test(heading))).toEqual([]);
  expectBalanced(tokens);
}

function expectBalanced(tokens: readonly Token[]): void {
  const html = ofType(tokens, 'htmlFlow').join('\n');
  const [opened, closed] = ['<details>', '</details>'].map((tag) => html.split(tag).length - 1);
  expect(closed).toBe(opened);
  for (const fence of ofType(tokens, 'codeFenced')) {
    const [, run = ''] = /^(`{3,})diff\n/.exec(fence) ?? [];
    expect(run).not.toBe('');
    expect(fence.endsWith(`\n${run}`)).toBe(true);
  }
}

/** The names of the shop's Deployments that `manyEntries` made, where they are said. */
function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/Deployment (shop\/shop-\d+)/g)].map(([, name = '']) => name));
}

test('a plan as a team has it', async () => {
  const text = markdown(EXAMPLE);
  expectHarmless(text);
  await expect(text).toMatchFileSnapshot('example.md');
});

test('a plan without changes is one sentence', () => {
  expect(markdown(UNCHANGED)).toBe(
    `${MARKER}\n\nNothing changes in 4 clusters between \`734701930c\` and \`working tree\`.\n`,
  );
});

describe('lines that accept nothing', () => {
  const { unneeded } = EXAMPLE;

  test('are there where nothing changes, too', () => {
    const text = markdown({ ...UNCHANGED, unneeded: unneeded.slice(0, 1) });
    expectHarmless(text);
    expect(text.split('\n\n').slice(2)).toEqual([
      '**1 line of `clusters/accepted.json` accepts nothing:**',
      '- **danger** `SLP-HOST-GONE` (`clusters/accepted.json:9`): the line of HTTPRoute `gateway/shpo` is new and accepts nothing. **Instead:** did you mean "HTTPRoute `gateway/shop`"?\n',
    ]);
  });

  test('take a part of the room, and those that have none are counted', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ ...unneeded[i % 2]!, path: `clusters/accepted.json:${i}` }));
    const text = markdown({ ...EXAMPLE, unneeded: many }, { limit: 16_384 });
    const shown = [...text.matchAll(/`clusters\/accepted\.json:(\d+)`/g)].map(([, line]) => Number(line));
    expect(shown).toEqual(shown.map((_, i) => i));
    expect(shown.length).toBeGreaterThan(5);
    expect(text).toContain(`\n- ${100 - shown.length} more\n`);
    expect(text).not.toContain('Left out');
  });
});

test('blocks and dangers come first, accepted ones after them, and each with its reason', () => {
  const [list = ''] = markdown(EXAMPLE).split('<details>');
  const said = ['SLP-IMMUTABLE', 'SLP-DATA-GONE', 'SLP-HOST-GONE', 'accepted danger', 'Accepted'];
  expect(said.map((word) => list.indexOf(word))).toEqual(said.map((word) => list.indexOf(word)).sort((a, b) => a - b));
  expect(said.filter((word) => !list.includes(word))).toEqual([]);
});

describe('any plan', () => {
  test('becomes no element, link, heading, mention or reference', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        planSchema.parse(plan);
        expectHarmless(markdown(plan));
      }),
      { numRuns: 30 },
    );
  });

  test.each(HOSTILE)('%j is text in every place', (text) => {
    const [first] = EXAMPLE.entries;
    const accepted = { because: text, until: text };
    const finding = { rule: text, severity: 'danger' as const, path: text, says: text, instead: text, accepted };
    const plan: Plan = {
      ...EXAMPLE,
      base: text,
      head: text,
      clusters: [text, 'other'],
      entries: ['first', 'second'].map((name) => ({
        ...first!,
        verdict: 'cascade',
        application: `${text}${name}`,
        object: text,
        clusters: [text],
        takes: [text, text],
        keeps: [text],
        findings: [finding, { ...finding, severity: 'warn', accepted: undefined }],
        fields: [
          { path: text, change: 'changed', before: text, after: `${text}${text}` },
          { path: text, change: 'added', after: `${text}\n${text}` },
          { path: text, change: 'removed', before: { [text]: text } },
          { path: text, change: 'changed', hidden: text },
        ],
      })),
      unneeded: [{ rule: text, object: text, path: text, severity: 'danger', says: text, instead: text }],
    };
    expectHarmless(markdown(plan));
  });

  test('is shorter than the limit, harmless, and says how many changes it lacks', () => {
    const nonEmpty = anyPlan.filter(({ entries }) => entries.length > 0);
    fc.assert(
      fc.property(nonEmpty, fc.integer({ min: 4_096, max: 65_536 }), fc.integer({ min: 1, max: 3_000 }), (...any) => {
        const [plan, limit, number] = any;
        const text = markdown(manyEntries(plan, number), { limit });
        expect(text.length).toBeLessThan(limit);
        expectHarmless(text);
      }),
      { numRuns: 15 },
    );
  });
});

describe('thousands of changes', () => {
  const simple = { ...EXAMPLE, entries: EXAMPLE.entries.filter(({ verdict }) => verdict !== 'same') };
  const withDangers = (number: number, each: number): Plan => {
    const plan = manyEntries(
      { ...simple, entries: [simple.entries.find(({ severity }) => severity === 'info')!] },
      number,
    );
    const danger = simple.entries.find(({ severity }) => severity === 'danger')!;
    return {
      ...plan,
      entries: plan.entries.map((entry, index) =>
        index % each === 0 ? { ...danger, object: entry.object, application: `app-${index}` } : entry,
      ),
    };
  };

  test('every danger is there, and with its fields before what is harmless', () => {
    const plan = withDangers(5_000, 100);
    const text = markdown(plan);
    const dangers = plan.entries.filter(({ severity }) => severity === 'danger').map(({ object }) => object.slice(11));
    expect(dangers).toHaveLength(50);
    const [list = '', ...rest] = text.split('<details>');
    expect([...namesIn(list)]).toEqual(dangers);
    expect(dangers.filter((name) => !namesIn(rest.join('')).has(name))).toEqual([]);
    expect(text.length).toBeGreaterThan(60_000);
  });

  test('what is left out is counted by severity', () => {
    const text = markdown(withDangers(5_000, 100));
    const [, left = '', severities = ''] = /\*\*Left out: (\d+) changes\*\* \(([^)]+)\)/.exec(text) ?? [];
    const [, details = ''] = text.split(/(?=<details>)([^]*)/);
    expect(namesIn(details).size + Number(left)).toBe(5_000);
    expect(severities).toBe(`${left} info`);
  });

  test('dangers that do not fit are counted too, and those without their fields', () => {
    const text = markdown(withDangers(3_000, 1));
    const [, left = ''] = /\*\*Left out: (\d+) changes\*\* \(\1 danger\)/.exec(text) ?? [];
    const names = [...namesIn(text)];
    expect(names.length + Number(left)).toBe(3_000);
    expect(text).toContain(`**Without fields:** the last ${names.length} changes of the list above.`);
    expect(text.length).toBeGreaterThan(60_000);
    expect(names).toEqual(names.map((_, index) => `shop/shop-${index}`));
  });

  test('nothing stays that is less important than what is left out', () => {
    const plan = withDangers(40, 2);
    const findings = [{ rule: 'SLP-X', severity: 'warn' as const, says: 'word '.repeat(60) }];
    const entries = plan.entries.map((entry) => (entry.severity === 'danger' ? { ...entry, findings } : entry));
    const text = markdown({ ...plan, entries }, { limit: 8_192 });
    expect(text).toContain('**Left out: 20 changes** (20 info)');
    expect(text).toMatch(/\*\*Without fields:\*\* the last \d+ changes of the list above\./);
    expect([...namesIn(text)].filter((name) => Number(name.split('-')[1]) % 2 === 1)).toEqual([]);
  });

  test('one change with very many fields does not push out the others', () => {
    const [first, ...rest] = simple.entries;
    const fields = Array.from({ length: 5_000 }, (_, index) => ({
      path: `data[key-${index}]`,
      change: 'added' as const,
      after: 'x'.repeat(100),
    }));
    const text = markdown({ ...simple, entries: [{ ...first!, severity: 'block', fields }, ...rest] });
    expect(text).not.toContain('Left out');
    expect(text).toMatch(/… \d{4} more lines/);
    expect(text.length).toBeLessThan(65_536);
  });
});

test('a fence is longer than what is in it, and a name in code too', () => {
  expect(fenced('diff', ['```', '+ `````'])).toBe('``````diff\n```\n+ `````\n``````');
  expect(['a', '`', 'a``b', ' ', ''].map((name) => code(name))).toEqual([
    '`a`',
    '`` ` ``',
    '```a``b```',
    '`   `',
    '`  `',
  ]);
  expect(prose('use --force, or see #12.')).toBe('use `--force`, or see `#12`.');
});

test('a secret value is in no text', () => {
  const [first] = EXAMPLE.entries;
  const fields = [
    {
      path: 'data[key]',
      change: 'changed' as const,
      before: 'c2VjcmV0',
      after: 'c2VjcmV0Mg==',
      hidden: '1 to 15 bytes',
    },
  ];
  expect(markdown({ ...EXAMPLE, entries: [{ ...first!, fields }] })).not.toContain('c2VjcmV0');
});
