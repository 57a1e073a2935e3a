import { type Entry, type Finding, type Plan, type Severity, type Verdict, VERDICTS } from '../../charts/plan/model.ts';
import { type DifferenceLine, differenceLines } from './difference.ts';
import { hang, type Line, print, space, type Style } from './lines.ts';
import { visible, width } from './text.ts';
import {
  acceptedOf,
  byApplication,
  clustersOf,
  consequences,
  count,
  entriesOf,
  extent,
  noiseOf,
  nothing,
  placeOf,
  revision,
  seenOf,
  severities,
  unneededOf,
  verdicts,
} from './words.ts';

/** How the terminal takes the plan. */
export interface TerminalOptions {
  /** Its width; below 40, lines are as if it had 40. */
  readonly columns: number;
  /** Whether it shows colours. */
  readonly colour: boolean;
  /** Also list what has no meaning. */
  readonly noise: boolean;
}

const LEAST_COLUMNS = 40;
const BELOW = 6;

const VERDICT_LOOKS: Readonly<Record<Verdict, readonly [symbol: string, style: Style]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  restart: ['↻', 'yellow'],
  inert: ['○', 'gray'],
  refused: ['✗', ['bold', 'red']],
  replace: ['±', 'magenta'],
  delete: ['-', 'red'],
  cascade: ['⊖', ['bold', 'red']],
  confirm: ['?', 'magenta'],
  kept: ['=', 'cyan'],
  move: ['»', 'magenta'],
  order: ['⇅', 'gray'],
  same: ['≈', 'gray'],
};

const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  block: ['bold', 'inverse', 'red'],
  danger: ['bold', 'red'],
  warn: 'yellow',
  info: 'blue',
};

const SIGN_STYLES: Readonly<Record<DifferenceLine['sign'], Style | undefined>> = {
  '+': 'green',
  '-': 'red',
  '~': undefined,
  '@': 'cyan',
  ' ': 'gray',
};

/** The plan for people at a terminal: what changes, in the order of waves, then how much. */
export function terminal(plan: Plan, { columns: wanted, colour, noise }: TerminalOptions): string {
  const columns = Math.max(wanted, LEAST_COLUMNS);
  const entries = entriesOf(plan, noise);
  const lines =
    entries.length === 0
      ? [...hang(0, { text: 'Nothing' }, hintedNothing(plan), columns), ...unneededLines(plan, columns)]
      : [...title(plan, columns), ...changes(plan, entries, columns), ...summary(plan, entries, noise, columns)];
  return lines.map((line) => print(line, columns, colour)).join('\n');
}

function hintedNothing(plan: Plan): string {
  const sentence = nothing(plan).slice('Nothing '.length);
  return noiseOf(plan) ? sentence.replace(/\.$/, ': --noise') : sentence;
}

function title(plan: Plan, columns: number): Line[] {
  const compared = `${revision(plan.base)} → ${revision(plan.head)}, ${count(plan.clusters.length, 'cluster')} compared`;
  return hang(0, { text: 'Plan:', style: 'bold' }, compared, columns);
}

function changes(plan: Plan, entries: readonly Entry[], columns: number): Line[] {
  return [...byApplication(entries)].flatMap(([application, own]) => [
    [],
    [
      { text: visible(application), style: 'bold' as const },
      { text: `  wave ${own[0]?.wave[0]}`, style: 'gray' as const },
    ],
    ...own.flatMap((entry) => entryLines(plan, entry, columns)),
  ]);
}

function entryLines(plan: Plan, entry: Entry, columns: number): Line[] {
  const [symbol, style] = VERDICT_LOOKS[entry.verdict];
  const seen = seenOf(entry);
  return [
    ...heading(`${symbol} ${entry.verdict.padEnd(7)}`, style, visible(entry.object), clustersOf(entry, plan), columns),
    ...(seen === undefined
      ? []
      : hang(
          BELOW,
          { text: '·', style: 'gray' },
          seen,
          columns,
          entry.seen?.cluster === undefined ? 'yellow' : 'gray',
        )),
    ...differenceLines(entry.fields, columns - BELOW - 2).map(({ sign, text }): Line => [
      space(BELOW),
      { text: `${sign === '@' ? '@@' : sign} ${text}`, style: SIGN_STYLES[sign] },
    ]),
    ...consequences(entry).flatMap((text) => hang(BELOW, { text: '!', style: 'red' }, text, columns)),
    ...entry.findings.flatMap((finding) => findingLines(finding, placeOf(finding, entry), columns)),
  ];
}

/** What happens to which object, and where: on one line if that fits. */
function heading(label: string, style: Style, object: string, clusters: string, columns: number): Line[] {
  const where = `[${clusters}]`;
  const fits = 2 + width(`${label} ${object} ${where}`) <= columns;
  const lines = hang(2, { text: label, style }, object, columns, 'bold');
  if (!fits) return [...lines, ...hang(BELOW - 2, { text: ' ' }, where, columns, 'gray')];
  return [[...(lines[0] ?? []), { text: ` ${where}`, style: 'gray' }]];
}

function findingLines(
  { severity, rule, says, instead, accepted }: Finding,
  path: string | undefined,
  columns: number,
): Line[] {
  const label = accepted
    ? ({ text: `accepted ${severity}`, style: 'gray' } as const)
    : { text: severity, style: SEVERITY_STYLES[severity] };
  const at = path === undefined ? '' : ` (${visible(path)})`;
  const below = (name: string, text: string): Line[] =>
    hang(BELOW + 2, { text: name, style: 'gray' }, visible(text), columns);
  return [
    ...hang(BELOW, label, `${visible(rule)}: ${visible(says)}${at}`, columns),
    ...(instead === undefined ? [] : below('instead:', instead)),
    ...(accepted === undefined ? [] : below('because:', `${accepted.because}, until ${accepted.until}`)),
  ];
}

function summary(plan: Plan, entries: readonly Entry[], noise: boolean, columns: number): Line[] {
  const accepted = acceptedOf(entries).length;
  const without = noiseOf(plan);
  return [
    [],
    ...hang(0, { text: 'Summary:', style: 'bold' }, `${extent(plan, entries)}: ${severities(entries)}`, columns),
    ...verdicts(entries).flatMap(([verdict, number]) => verdictLine(verdict, number, columns)),
    ...(accepted > 0 ? hang(2, { text: '!', style: 'gray' }, `${count(accepted, 'finding')} accepted`, columns) : []),
    ...unneededLines(plan, columns),
    ...(without ? hang(2, { text: '+', style: 'gray' }, noise ? without : `${without}: --noise`, columns) : []),
  ];
}

function unneededLines(plan: Plan, columns: number): Line[] {
  const sentence = unneededOf(plan);
  if (sentence === undefined) return [];
  return [
    ...hang(2, { text: '!', style: 'gray' }, `${sentence}:`, columns),
    ...plan.unneeded.flatMap((line) => findingLines(line, line.path, columns)),
  ];
}

function verdictLine(verdict: Verdict, number: number, columns: number): Line[] {
  const [symbol, style] = VERDICT_LOOKS[verdict];
  const label = `${symbol} ${String(number).padStart(3)} ${verdict.padEnd(7)}`;
  return hang(2, { text: label, style }, VERDICTS[verdict], columns, 'gray');
}
