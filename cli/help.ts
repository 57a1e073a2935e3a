import { COMMON, type Option, type Subcommand } from './commands/command.ts';
import type { Table } from './commands/table.ts';
import { EXIT, EXITS } from './exit.ts';
import { width, wrap } from './plan/text.ts';
import { shownArgument, shownOption, shownOptions, usage } from './usage.ts';

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;

/** A label, and what it means. */
type Row = readonly [label: string, text: string];

/** `slipway --help`: a line or two for each subcommand. */
export function overview(groups: Table, columns: number): string {
  const labelled = Object.entries(groups).map(([title, commands]) => ({
    title,
    rows: Object.entries(commands).map(([name, { takes, summary }]): Row => [
      [name, ...takes.map(shownArgument)].join(' '),
      summary,
    ]),
  }));
  const options = optionRows(COMMON);
  const exits = Object.entries(EXIT)
    .map(([kind, code]) => `${code} ${kind}`)
    .join(', ');
  const beside = widest([...labelled.flatMap(({ rows }) => rows), ...options]);
  return [
    "slipway: renders the fleet's Kubernetes manifests, and says what they do",
    ...labelled.map(({ title, rows }) => section(title, rows, columns, beside)),
    section('Options of all', options, columns, beside),
    `Exits: ${exits}. More: slipway help SUBCOMMAND`,
  ].join('\n\n');
}

/** `slipway SUBCOMMAND --help`: all about one. */
export function helpOf(name: string, command: Subcommand, columns: number): string {
  const { summary, details = [], takes, options, fields = {}, examples, document } = command;
  const sections: Readonly<Record<string, readonly Row[]>> = {
    Arguments: takes.map((argument) => [shownArgument(argument), meaning(argument)]),
    Options: [...optionRows(options), ...optionRows(COMMON)],
    'Fields of --json': Object.entries(fields),
    'Exit codes': Object.keys({ ...EXITS, ...command.exits }).map((code) => [code, exitMeaning(Number(code), command)]),
    Examples: Object.entries(examples).map(([line, does]) => [`npx slipway ${line}`, does]),
    Document: document === undefined ? [] : [[document, '']],
  };
  return [
    `slipway ${name}: ${summary}`,
    usageLines(name, command, columns),
    ...details.map((text) => wrap(text, readable(columns)).join('\n')),
    ...Object.entries(sections).flatMap(([title, rows]) => (rows.length > 0 ? [section(title, rows, columns)] : [])),
  ].join('\n\n');
}

function usageLines(name: string, { takes, options }: Subcommand, columns: number): string {
  const start = `  ${usage(name, takes)} `;
  // A pair such as `--base REF` stays on one line.
  const words = shownOptions(options).map((one) => one.replaceAll(' ', '\u{a0}'));
  const lines = wrap(words.join(' '), readable(columns) - width(start));
  return [`Usage:`, ...lines.map((line, i) => `${i === 0 ? start : ' '.repeat(width(start))}${line}`.trimEnd())]
    .join('\n')
    .replaceAll('\u{a0}', ' ');
}

function optionRows(options: Readonly<Record<string, Option>>): Row[] {
  return Object.entries(options).map(([name, option]) => [shownOption(name, option), meaning(option)]);
}

function meaning({ means, choices, ...option }: Partial<Option> & Pick<Option, 'means'>): string {
  const { list, required, excludes, default: constant, otherwise = constant } = option;
  return [
    choices ? `${means}: ${choices.join(', ')}` : means,
    list && 'several are separated by commas',
    excludes !== undefined && `not with --${excludes}`,
    required && 'required',
    otherwise !== undefined && `default: ${otherwise}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function exitMeaning(code: number, { exits }: Subcommand): string {
  return [EXITS[code], exits?.[code]].filter(Boolean).join('; ');
}

function section(title: string, rows: readonly Row[], columns: number, beside = widest(rows)): string {
  return [`${title}:`, ...rows.flatMap((row) => rowLines(row, beside, columns))].join('\n');
}

function widest(rows: readonly Row[]): number {
  return Math.max(...rows.map(([label]) => width(label)));
}

/** The text beside the label; below it if that leaves too little room. */
function rowLines([label, text]: Row, beside: number, columns: number): string[] {
  const indent = 2 + beside + 2;
  const room = readable(columns) - indent;
  if (room < 30) return [`  ${label}`, ...wrap(text, readable(columns) - 6).map((line) => `      ${line}`.trimEnd())];
  return wrap(text, room).map((line, i) =>
    `${i === 0 ? `  ${label}`.padEnd(indent) : ' '.repeat(indent)}${line}`.trimEnd(),
  );
}

function readable(columns: number): number {
  return Math.min(columns, WIDEST);
}
