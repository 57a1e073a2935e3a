import { structuredPatch } from 'diff';
import { dump } from 'js-yaml';
import type { Field } from '../../charts/plan/model.ts';
import { isPlain } from './plain.ts';
import { cut, cutPair, visible, width } from './text.ts';

/** A line of a difference: `~` for a value that changes within it, `@` for where a part of a longer text begins. */
export interface DifferenceLine {
  readonly sign: '+' | '-' | '~' | '@' | ' ';
  readonly text: string;
}

/** Longer values are written over several lines. */
const FLOW_COLUMNS = 60;
/** What the difference of one field has at most; the rest is counted. */
const FIELD_LINES = 40;
/** A text with more differences is shown as removed and added; to compare such takes seconds. */
const MOST_EDITS = 500;

/** What the paths of fields of a pod template begin with: of a Deployment, a CronJob, a ScaledJob. */
const POD_TEMPLATE = /^(?:[a-zA-Z]+\.)*template\.spec(?=\.)/;

/** The differences of an object, in lines of at most so many columns without sign and space. */
export function differenceLines(fields: readonly Field[], columns: number): DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  for (let index = 0; index < fields.length;) {
    const template = POD_TEMPLATE.exec(fields[index]?.path ?? '')?.[0];
    const after = fields.findIndex(({ path }, other) => other > index && !path.startsWith(`${template}.`));
    const next = template === undefined ? index + 1 : after === -1 ? fields.length : after;
    lines.push(...together(fields.slice(index, next), template, columns));
    index = next;
  }
  return lines;
}

/** Fields of one pod template, of which the path is written once. */
function together(fields: readonly Field[], template: string | undefined, columns: number): DifferenceLine[] {
  if (template === undefined || fields.length === 1) return fields.flatMap((field) => fieldLines(field, columns));
  const below = fields
    .map((field) => ({ ...field, path: field.path.slice(template.length + 1) }))
    .flatMap((field) => fieldLines(field, columns - 2));
  return [{ sign: ' ', text: cut(`${template}:`, columns) }, ...below.map(indented)];
}

function indented({ sign, text }: DifferenceLine): DifferenceLine {
  return { sign, text: sign === '@' ? text : `  ${text}` };
}

const SIGNS = { added: '+', removed: '-', changed: '~', reordered: '~' } as const;

function fieldLines(field: Field, columns: number): DifferenceLine[] {
  const sign = SIGNS[field.change];
  const path = visible(field.path);
  if (field.hidden !== undefined)
    return labelled(sign, path, `${field.change}, not shown: ${visible(field.hidden)}`, columns);
  const [before, after] = [textOf(field.before), textOf(field.after)];
  if (field.change === 'reordered') return labelled(sign, path, reordered(field, before, after), columns);
  const values = field.change === 'changed' ? [before, after] : [field.change === 'added' ? after : before];
  if (values.some((value) => value.includes('\n')))
    return [
      { sign, text: cut(`${path}:`, columns) },
      ...limited(hunks(before, after, field.change, columns - 2)).map(indented),
    ];
  const shown = values.map((value) => visible(value));
  const line = `${path}: ${shown.join(' → ')}`;
  if (field.change !== 'changed' || width(line) <= columns) return labelled(sign, path, shown.join(' → '), columns);
  const [was, is] = cutPair(visible(before), visible(after), columns - 2);
  return [
    { sign, text: cut(`${path}:`, columns) },
    { sign: '-', text: `  ${was}` },
    { sign: '+', text: `  ${is}` },
  ];
}

function labelled(sign: DifferenceLine['sign'], path: string, value: string, columns: number): DifferenceLine[] {
  const line = `${path}: ${value}`;
  if (width(line) <= columns) return [{ sign, text: line }];
  return [
    { sign, text: cut(`${path}:`, columns) },
    { sign, text: `  ${cut(value, columns - 2)}` },
  ];
}

function reordered({ rolls = false }: Field, before: string, after: string): string {
  const values = [before, after].some((value) => value === '' || value.includes('\n'))
    ? ''
    : `: ${visible(before)} → ${visible(after)}`;
  return `order only${rolls ? ', but it replaces the pods' : ''}${values}`;
}

/** A text as it is; another value as YAML, which is over several lines if it is long. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value);
  const options = { skipInvalid: true, noRefs: true, lineWidth: -1 };
  const flow = dump(value, { ...options, flowLevel: 0 }).trimEnd();
  return width(flow) <= FLOW_COLUMNS ? flow : dump(value, options).trimEnd();
}

function hunks(before: string, after: string, change: Field['change'], columns: number): DifferenceLine[] {
  const whole = (sign: '+' | '-', text: string): DifferenceLine[] =>
    text.split('\n').map((line) => ({ sign, text: cut(visible(line), columns) }));
  if (change === 'added') return whole('+', after);
  if (change === 'removed') return whole('-', before);
  const patch = structuredPatch('', '', before, after, '', '', { context: 1, maxEditLength: MOST_EDITS });
  if (patch === undefined) return [...whole('-', before), ...whole('+', after)];
  // That neither has a line break at its end is no difference.
  const ends = before.endsWith('\n') !== after.endsWith('\n');
  return patch.hunks.flatMap(({ oldStart, lines }) => [
    { sign: '@', text: `line ${oldStart}` },
    ...hunkLines(
      lines.filter((line) => ends || !line.startsWith('\\')),
      columns,
    ),
  ]);
}

function hunkLines(lines: readonly string[], columns: number): DifferenceLine[] {
  const texts = lines.map((line) => visible(line.slice(1)));
  const [removed, added] = ['-', '+'].map((sign) => lines.findIndex((line) => line.startsWith(sign)));
  const single = ['-', '+'].every((sign) => lines.filter((line) => line.startsWith(sign)).length === 1);
  if (single && removed !== undefined && added !== undefined)
    [texts[removed], texts[added]] = cutPair(texts[removed] ?? '', texts[added] ?? '', columns);
  return lines.map((line, index) => ({
    sign: line.startsWith('-') ? '-' : line.startsWith('+') ? '+' : ' ',
    text: cut(line.startsWith('\\') ? '(without a line break at the end)' : (texts[index] ?? ''), columns),
  }));
}

function limited(lines: readonly DifferenceLine[]): DifferenceLine[] {
  const more = lines.length - FIELD_LINES;
  // One line too many is no longer than to say so.
  if (more <= 1) return [...lines];
  return [...lines.slice(0, FIELD_LINES), { sign: ' ', text: `… ${more} more lines, which --json has` }];
}
