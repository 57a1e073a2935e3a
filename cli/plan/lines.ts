import { styleText } from 'node:util';
import { clip, width, wrap } from './text.ts';

/** Colours and weight of a part of a line. */
export type Style = Parameters<typeof styleText>[0];

/** A part of a line, without control characters. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** A line of a terminal. */
export type Line = readonly Span[];

/** Lines of words after a label; all but the first are indented by two more than the label. */
export function hang(indent: number, label: Span, text: string, columns: number, style?: Style): Line[] {
  const below = indent + 2;
  const beside = columns - indent - width(label.text) - 1;
  const [first = '', ...rest] = wrap(text, columns - below, beside);
  return [
    [space(indent), label, { text: ' ' }, { text: first, style }],
    ...rest.map((line) => [space(below), { text: line, style }]),
  ];
}

/** An indent. */
export function space(columns: number): Span {
  return { text: ' '.repeat(columns) };
}

/** Whatever a line is made of, it is no wider than the terminal. */
export function print(line: Line, columns: number, colour: boolean): string {
  const last = line.findLastIndex(({ text }) => text.trim() !== '');
  const spans: Span[] = [];
  let room = columns;
  for (const [index, { text, style }] of line.slice(0, last + 1).entries()) {
    if (room <= 0) break;
    const part = clip(index === last ? text.trimEnd() : text, room);
    room -= part === text ? width(text) : room;
    spans.push({ text: part, style });
  }
  return spans.map(({ text, style }) => (colour && style ? paint(style, text) : text)).join('');
}

function paint(style: Style, text: string): string {
  // The caller knows whether the output takes colours; Node would ask standard output.
  return styleText(style, text, { validateStream: false });
}
