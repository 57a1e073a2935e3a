import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Entry, Plan } from '../../charts/plan/model.ts';
import { html } from '../../cli/plan/html.ts';
import { EXAMPLE, largeExample, NOTHING, planOf } from './page-example.ts';
import { elementsOf, type Parsed } from './parsed.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '` onfocus=alert(1) autofocus `',
  '`<b onclick=alert(1)>`',
  'javascript:alert(1)',
  '</noscript></details></main><iframe srcdoc="x">',
  '</textarea></title></style><svg onload=alert(1)>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<![CDATA[<script>alert(1)</script>]]>',
  'a\u2028b\u2029c\u0000d\u202ee\ufeff',
  '\ud800',
  '${alert(1)} {{constructor.constructor("alert(1)")()}}',
];

/** A plan that has a text wherever it can have one. */
function everywhere(text: string): Plan {
  const finding = {
    rule: text,
    severity: 'danger',
    path: text,
    says: text,
    instead: text,
    accepted: { because: text, until: text },
  } as const;
  const values = [
    { before: text, after: `${text}!` },
    { before: `${text}\nb\nc`, after: `a\n${text}\nc` },
    { before: { [text]: text }, after: [text] },
  ];
  return {
    ...EXAMPLE,
    base: text,
    head: text,
    clusters: [text, 'b', 'c', 'd'],
    entries: [
      {
        clusters: [text, 'b', 'c'],
        application: text,
        object: text,
        wave: [0, 0],
        verdict: 'cascade',
        severity: 'danger',
        fields: [
          ...values.map((value) => ({ path: text, change: 'changed' as const, ...value })),
          { path: text, change: 'changed', hidden: text },
        ],
        findings: [finding, { ...finding, accepted: undefined }],
        takes: [text],
        keeps: [text],
      },
    ],
    unneeded: [{ rule: text, object: text, path: text, severity: 'danger', says: text, instead: text }],
  };
}

/** Elements of which there are more or fewer with the words and lines of a value. */
const OF_VALUES = new Set(['code', 'mark', 'span', 'div', 'del', 'ins']);
/** Attributes that hold text, which a browser only shows. */
const OF_TEXT = new Set(['title', 'value', 'datetime']);

/** The elements of a page but those of values. */
function frameOf(elements: readonly Parsed[]): string[] {
  return elements.map(({ name }) => name).filter((name) => !OF_VALUES.has(name));
}

/** All attributes that elements have, with what a browser acts on. */
function attributesOf(elements: readonly Parsed[]): Set<string> {
  return new Set(
    elements.flatMap(({ name, attributes }) =>
      [...attributes].map(([key, value]) => [name, key, ...(OF_TEXT.has(key) ? [] : [value])].join(' ')),
    ),
  );
}

describe.each([true, false])('the page with hostile values, scripts: %s', (scripted) => {
  const harmless = elementsOf(html(everywhere('a')), scripted);
  const known = new Set([...attributesOf(harmless), ...attributesOf(elementsOf(html(EXAMPLE), scripted))]);

  it.each(HOSTILE)('has no element and no attribute of %j', (text) => {
    const elements = elementsOf(html(everywhere(text)), scripted);
    expect(frameOf(elements)).toEqual(frameOf(harmless));
    expect([...attributesOf(elements)].filter((attribute) => !known.has(attribute))).toEqual([]);
  });

  it('has none of many entries either', () => {
    const many = (texts: readonly string[]): Plan => {
      const plans = texts.map(everywhere);
      const entries = Array.from({ length: 500 }, (_, i) => ({
        ...plans[i % plans.length]!.entries[0]!,
        application: 'a',
      }));
      return { ...everywhere('a'), entries: entries.map((entry) => ({ ...entry, clusters: ['a', 'b', 'c'] })) };
    };
    const elements = elementsOf(html(many(HOSTILE)), scripted);
    expect(frameOf(elements)).toEqual(frameOf(elementsOf(html(many(['a'])), scripted)));
    expect([...attributesOf(elements)].filter((one) => !known.has(one) && !/ id change-/.test(one))).toEqual([]);
  });
});

it.each(HOSTILE)('the page with %j has the plan as data', (text) => {
  expect(dataOf(html(everywhere(text)))).toEqual(JSON.parse(JSON.stringify(everywhere(text))));
});

it('the page shows characters that change what others look like', () => {
  const object = 'Secret a/\u202eb\u0000\u200b';
  expect(textsOf(planOf({ object }), 'object')).toEqual(['Secret a/\\u{202e}b\\u{0}\\u{200b}']);
});

function dataOf(page: string): unknown {
  return JSON.parse(elementsOf(page, true).find(({ attributes }) => attributes.get('id') === 'plan')!.text);
}

function textsOf(plan: Plan, selector: string): string[] {
  return elementsOf(html(plan), false)
    .filter(({ name, attributes }) => name === selector || attributes.get('class')?.split(' ').includes(selector))
    .map(({ text }) => text.trim().replaceAll(/\s+/g, ' '));
}

function field(before: unknown, after: unknown): Partial<Entry> {
  return { fields: [{ path: 'a', change: 'changed', before, after }] };
}

describe('the page', () => {
  it('is the same for the same plan', () => {
    expect(html(EXAMPLE)).toBe(html(structuredClone(EXAMPLE)));
  });

  it('allows its own style and script by their hashes, and nothing else', () => {
    const elements = elementsOf(html(EXAMPLE), true);
    const hash = (name: string): string => {
      const { text } = elements.find((element) => element.name === name)!;
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    const policy = elements.find(({ attributes }) => attributes.has('http-equiv'))!.attributes.get('content');
    expect(policy!.split('; ').slice(0, 3)).toEqual([
      "default-src 'none'",
      `style-src ${hash('style')}`,
      `script-src ${hash('script')}`,
    ]);
  });

  it('refers to nothing outside, and has no style or handler in an element', () => {
    const attributes = elementsOf(html(EXAMPLE), false).flatMap((element) => [...element.attributes]);
    expect(attributes.filter(([name]) => /^(src|srcset|style|action|on.*)$/.test(name))).toEqual([]);
    expect(attributes.filter(([name, value]) => name === 'href' && value !== '#changes')).toEqual([]);
    const [style] = textsOf(EXAMPLE, 'style');
    expect(style).not.toMatch(/@import|url\(/);
  });

  it('never has the value of a field that is hidden', () => {
    const fields = [
      { path: 'data.password', change: 'changed', before: 'hunter2', after: 'hunter3', hidden: '7 bytes' } as const,
    ];
    expect(html(planOf({ fields }))).not.toMatch(/hunter/);
    expect(textsOf(planOf({ fields }), 'hidden')).toEqual(['secret value, never shown: 7 bytes']);
  });

  it('has an entry of the plan each, in groups of Applications', () => {
    expect(textsOf(EXAMPLE, 'summary')).toHaveLength(EXAMPLE.entries.length);
    expect(textsOf(EXAMPLE, 'h2').slice(0, 3)).toEqual([
      'velero-definitions wave −5',
      'tenant-kitchen wave −2, objects of wave −3',
      'mongo wave 0',
    ]);
  });

  it('puts what is pruned under a heading of its own', () => {
    const [entry] = EXAMPLE.entries;
    const plan = planOf({ ...entry, verdict: 'delete' }, { ...entry, verdict: 'update' });
    expect(textsOf(plan, 'h2')).toHaveLength(3);
    expect(textsOf(plan, 'h2')[0]).toBe('velero-definitions: prune wave −5');
  });

  it('says in a summary the worst that is not accepted', () => {
    const finding = { rule: 'SLP-A', severity: 'warn', says: 'first' } as const;
    const accepted = { because: 'measured', until: '2026-12-31' };
    const findings = [
      finding,
      { ...finding, severity: 'danger', says: 'second' },
      { ...finding, severity: 'block', says: 'third', accepted },
    ] as const;
    expect(textsOf(planOf({ findings: [...findings] }), 'gist')).toEqual(['second (and 1 more)']);
    expect(textsOf(planOf({ findings: [...findings] }), 'accepted')).toEqual([
      expect.stringContaining('Accepted until 2026-12-31: measured'),
    ]);
  });

  it('lists the lines that accept nothing above the changes, and where nothing changes', () => {
    for (const plan of [EXAMPLE, { ...NOTHING, unneeded: EXAMPLE.unneeded }])
      expect(textsOf(plan, 'unneeded')).toEqual([
        '2 lines of clusters/accepted.json accept nothing: danger the line of PodDisruptionBudget mongo/mogno is new and accepts nothing SLP-DRAIN clusters/accepted.json:9 Instead: did you mean "PodDisruptionBudget mongo/mongo"? warn the line of Service gateway/gateway accepts nothing, and is over since 2026-05-31 SLP-SERVICE-PUBLIC clusters/accepted.json:2 Instead: remove it',
      ]);
    expect(textsOf(NOTHING, 'unneeded')).toEqual([]);
  });

  it('says that nothing changes, without anything to filter', () => {
    expect(textsOf(NOTHING, 'header')).toEqual([expect.stringContaining('Nothing changes in 6 clusters.')]);
    expect(textsOf(NOTHING, 'controls')).toEqual([]);
  });

  it('keeps what is inside of many entries out of the way of a browser with scripts, and shows it to others', () => {
    const page = html(largeExample(500));
    const bodies = (scripted: boolean): number =>
      elementsOf(page, scripted).filter(({ attributes }) => attributes.get('class') === 'body').length;
    expect(bodies(true)).toBe(0);
    expect(bodies(false)).toBe(500);
  });

  it('tells a text from a number, and shows blanks', () => {
    expect(textsOf(planOf(field('50', 50)), 'del')).toEqual(['"50"']);
    expect(textsOf(planOf(field('50', 50)), 'ins')).toEqual(['50']);
    expect(textsOf(planOf(field('', ' x')), 'del')).toEqual(['""']);
    expect(textsOf(planOf(field('', ' x')), 'ins')).toEqual(['" x"']);
    expect(textsOf(planOf(field('~', null)), 'del')).toEqual(['"~"']);
  });

  it('marks the words of a line that change', () => {
    expect(textsOf(planOf(field('image:1.2.3', 'image:1.2.4')), 'mark')).toEqual(['3', '4']);
  });

  it('leaves lines out that do not change, and says how many', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const plan = planOf(field(lines.join('\n'), lines.with(15, 'other').join('\n')));
    expect(textsOf(plan, 'left-out')).toEqual(['12 unchanged lines', '11 unchanged lines']);
    expect(textsOf(plan, 'del')).toEqual(['line 15']);
  });

  it('says how much of a long value it does not show', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`).join('\n');
    expect(textsOf(planOf(field(undefined, lines)), 'ins')).toEqual([
      expect.stringMatching(/line 399and 600 more lines$/),
    ]);
    expect(textsOf(planOf(field(undefined, 'x'.repeat(5000))), 'ins')).toEqual([
      expect.stringMatching(/x and 1000 more characters$/),
    ]);
  });
});
