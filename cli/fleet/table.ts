import type { Line, Style } from '../plan/lines.ts';
import { cut, visible, width } from '../plan/text.ts';

/** A line of a table. */
export interface TableRow {
  readonly label: string;
  readonly cells: readonly string[];
  readonly style?: Style;
}

const GAP = 2;

/** A name of a column is not broken into less. */
const LEAST_HEAD = 6;

interface Column {
  /** Several lines, if it is broken. */
  readonly head: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * A table for a terminal: as many columns beside each other as it is wide, the others in further tables below, each with
 * the labels again.
 *
 * @param heads names of the columns; broken at hyphens if that makes more of them fit
 */
export function table(heads: readonly string[], rows: readonly TableRow[], columns: number): Line[] {
  const labels = rows.map(({ label }) => visible(label));
  const first = Math.min(Math.max(0, ...labels.map(width)), Math.floor(columns / 2));
  const room = columns - first - GAP;
  const columnsBy = (brokenAt: (cells: number) => number): Column[] =>
    heads.map((head, i) => {
      const cells = rows.map((row) => cut(visible(row.cells[i] ?? ''), room));
      const widest = Math.max(0, ...cells.map(width));
      const lines = broken(visible(head), brokenAt(widest)).map((line) => cut(line, room));
      return { head: lines, cells, width: Math.max(widest, ...lines.map(width)) };
    });
  const whole = blocks(
    columnsBy(() => room),
    room,
  );
  const narrow =
    whole.length > 1
      ? blocks(
          columnsBy((cells) => Math.max(cells, LEAST_HEAD)),
          room,
        )
      : whole;
  return (narrow.length < whole.length ? narrow : whole).flatMap((block, i) => [
    ...(i > 0 ? [[]] : []),
    ...linesOf(block, labels, first).map((text, line): Line => [{ text, style: styleOf(line, block, rows) }]),
  ]);
}

function linesOf(block: readonly Column[], labels: readonly string[], first: number): string[] {
  const height = heightOf(block);
  const line = (label: string, texts: readonly string[]): string =>
    [padded(cut(label, first), first), ...texts.map((text, i) => padded(text, block[i]?.width ?? 0))]
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    ...Array.from({ length: height }, (_, i) =>
      line(
        '',
        block.map(({ head }) => head[i] ?? ''),
      ),
    ),
    ...labels.map((label, i) =>
      line(
        label,
        block.map(({ cells }) => cells[i] ?? ''),
      ),
    ),
  ];
}

function heightOf(block: readonly Column[]): number {
  return Math.max(...block.map(({ head }) => head.length));
}

function styleOf(line: number, block: readonly Column[], rows: readonly TableRow[]): Style | undefined {
  const row = line - heightOf(block);
  return row < 0 ? 'bold' : rows[row]?.style;
}

/** A name in lines that end with a hyphen; a part of it may be wider. */
function broken(name: string, columns: number): string[] {
  const lines: string[] = [];
  for (const part of name.split(/(?<=-)/)) {
    const line = lines.at(-1);
    if (line !== undefined && width(line) + width(part) <= columns) lines[lines.length - 1] = line + part;
    else lines.push(part);
  }
  return lines;
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Columns that fit beside each other. */
function blocks<T extends { readonly width: number }>(all: readonly T[], room: number): T[][] {
  const found: T[][] = [];
  let left = 0;
  for (const column of all) {
    const last = found.at(-1);
    if (last && column.width + GAP <= left) {
      last.push(column);
      left -= column.width + GAP;
    } else {
      found.push([column]);
      left = room - column.width;
    }
  }
  return found;
}
