import * as fc from 'fast-check';
import { type Entry, type Plan, SEVERITIES, type Verdict, VERDICTS } from '../../charts/plan/model.ts';

/** Text that means something to a terminal, to Markdown, to HTML, or to what GitHub makes of text. */
export const HOSTILE = [
  '\u001B[2J\u001B[1;1H',
  '\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007',
  '\u009B31m',
  'a\rb',
  '\u202Etxt.exe',
  '```\n</details>\n# heading\n',
  '~~~~~~~~\n',
  '````````````',
  '` `` ```',
  '</details></summary><img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<!-- -->',
  '[link](https://evil.example)',
  '![image](https://evil.example/x.png)',
  '<https://evil.example>',
  'https://evil.example www.evil.example mail@evil.example',
  '@everyone #123 GH-123 owner/repository#1 :tada: $x$',
  '| a | b |\n| - | - |\n',
  '\n\n# heading\n\n- [ ] task\n\n---\n',
  '[^1] **bold** __bold__ ~~gone~~ \\',
  '&lt;b&gt; &#64;everyone',
  '1. one',
  '\u65E5\u672C\u8A9E\u306E\u9577\u3044\u6587\u5B57\u5217',
  '\u{1F469}\u200D\u{1F680} e\u0301',
  '\uD800',
  '',
  ' ',
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.lorem({ maxCount: 60 }),
  fc.string({ minLength: 100, maxLength: 400 }),
);

const value = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 4 }),
  fc.dictionary(text, fc.oneof(text, fc.array(fc.integer())), { maxKeys: 4 }),
  fc.array(text, { minLength: 20, maxLength: 80 }).map((lines) => lines.join('\n')),
);

const field = fc.record(
  {
    path: fc.oneof(
      text,
      text.map((name) => `spec.template.spec.containers[${name}].image`),
    ),
    change: fc.constantFrom('added' as const, 'removed' as const, 'changed' as const, 'reordered' as const),
    before: value,
    after: value,
    hidden: text,
    noise: fc.boolean(),
    rolls: fc.boolean(),
  },
  { requiredKeys: ['path', 'change'] },
);

const finding = fc.record(
  {
    rule: text,
    severity: fc.constantFrom(...SEVERITIES),
    path: text,
    says: text,
    instead: text,
    accepted: fc.record({ because: text, until: text }),
  },
  { requiredKeys: ['rule', 'severity', 'says'] },
);

/** A line that accepts nothing. */
const unneeded = fc.record({
  rule: text,
  object: text,
  path: text,
  severity: fc.constantFrom(...SEVERITIES),
  says: text,
  instead: text,
});

const seen = fc.record(
  { ring: text, cluster: text, since: fc.date({ noInvalidDate: true }).map((time) => time.toISOString()) },
  { requiredKeys: ['ring'] },
);

const names = fc.array(text, { minLength: 1, maxLength: 12 });

/** Any change, of names and values that mean the worst. */
export const anyEntry: fc.Arbitrary<Entry> = fc.record(
  {
    clusters: names,
    application: text,
    object: text,
    wave: fc.tuple(fc.integer(), fc.integer()),
    verdict: fc.constantFrom(...(Object.keys(VERDICTS) as Verdict[])),
    severity: fc.constantFrom(...SEVERITIES),
    fields: fc.array(field, { maxLength: 6 }),
    findings: fc.array(finding, { maxLength: 8 }),
    takes: names,
    keeps: names,
    seen,
  },
  { requiredKeys: ['clusters', 'application', 'object', 'wave', 'verdict', 'severity', 'fields', 'findings'] },
);

/** Any plan, from none to a few changes. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  version: fc.constant(1 as const),
  base: text,
  head: text,
  clusters: names,
  entries: fc.array(anyEntry, { maxLength: 8 }),
  unneeded: fc.array(unneeded, { maxLength: 30 }),
  noise: fc.record({ objects: fc.nat(), fields: fc.nat() }),
});

/** A plan of so many changes, made of few different ones. */
export function manyEntries(plan: Plan, number: number): Plan {
  const entries = Array.from({ length: number }, (_, index) => ({
    ...plan.entries[index % plan.entries.length]!,
    object: `Deployment shop/shop-${index}`,
  }));
  return { ...plan, entries };
}
