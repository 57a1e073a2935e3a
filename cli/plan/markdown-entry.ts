import { compareSeverities, type Entry, type Finding, type Plan, type Severity } from '../../charts/plan/model.ts';
import { type DifferenceLine, differenceLines } from './difference.ts';
import { code, fenced, prose } from './markdown-text.ts';
import { clustersOf, consequences, count, placeOf, seenOf } from './words.ts';

/** The most findings of one change that are written; the rest is counted. */
const FINDINGS = 5;
const COLUMNS = 160;

/** What reviewers must not miss, accepted or not. */
export function isSerious(severity: Severity): boolean {
  return severity === 'block' || severity === 'danger';
}

/** What the list says. */
export function isListed({ severity }: Finding): boolean {
  return isSerious(severity);
}

/** Sentences of rules have no full stop, reasons of people may; a question needs none. */
function withStop(text: string): string {
  return text.endsWith('?') ? prose(text) : `${prose(text.replace(/\.$/, ''))}.`;
}

/** A change in the list of what is dangerous. */
export function item(plan: Plan, entry: Entry): string {
  return [
    `- ${title(plan, entry)}`,
    ...findingItems(entry, entry.findings.filter(isListed)).map((line) => `  ${line}`),
  ].join('\n');
}

function title(plan: Plan, entry: Entry): string {
  const quote = (name: string): string => code(name, 60);
  const seen = seenOf(entry, quote);
  return `**${entry.verdict}** ${code(entry.object)} in ${clustersOf(entry, plan, quote)}${seen === undefined ? '' : `; ${seen}`}`;
}

function findingItems(entry: Entry, findings: readonly Finding[]): string[] {
  const more = findings.length - FINDINGS;
  const sorted = findings.toSorted(
    (one, other) =>
      Number(one.accepted !== undefined) - Number(other.accepted !== undefined) ||
      compareSeverities(one.severity, other.severity),
  );
  return [
    ...sorted.slice(0, FINDINGS).map((finding) => `- ${sentence(finding, placeOf(finding, entry))}`),
    ...(more > 0 ? [`- and ${count(more, 'more finding')}`] : []),
  ];
}

/** What a rule says, in one line. */
export function sentence({ severity, rule, says, instead, accepted }: Finding, path?: string): string {
  const at = path === undefined ? '' : ` (${code(path, 120)})`;
  return [
    `**${accepted ? 'accepted ' : ''}${severity}** ${code(rule, 60)}${at}: ${withStop(says)}`,
    ...(instead === undefined ? [] : [`**Instead:** ${withStop(instead)}`]),
    ...(accepted ? [`**Accepted** until ${code(accepted.until, 40)}: ${withStop(accepted.because)}`] : []),
  ].join(' ');
}

/**
 * A change below its Application: without what the list says of it.
 *
 * @param room characters that its fields may take
 */
export function body(plan: Plan, entry: Entry, room: number): string {
  const lines = differenceLines(entry.fields, COLUMNS).map(diffLine);
  let left = room;
  const shown = lines.filter((line) => (left -= line.length + 1) > 0);
  const more = lines.length - shown.length;
  return [
    title(plan, entry),
    ...[
      [
        ...consequences(entry, (name) => code(name, 120)).map((line) => `- ${line}`),
        ...findingItems(
          entry,
          entry.findings.filter((finding) => !isListed(finding)),
        ),
      ].join('\n'),
      lines.length > 0 ? fenced('diff', [...shown, ...(more > 0 ? [`  … ${count(more, 'more line')}`] : [])]) : '',
    ].filter((part) => part !== ''),
  ].join('\n\n');
}

/** As GitHub colours it: a value that changes within its line is neither removed nor added. */
function diffLine({ sign, text }: DifferenceLine): string {
  if (sign === '@') return `@@ ${text} @@`;
  return `${sign === '~' ? '!' : sign} ${text}`.trimEnd();
}
