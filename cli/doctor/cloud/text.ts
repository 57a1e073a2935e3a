import { width, wrap } from '../../plan/text.ts';
import { count } from '../../plan/words.ts';
import type { Finding } from '../finding.ts';
import { CLOUDS } from './terraform.ts';

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 100;

/** What is run as it stands: any other line of a fix is a sentence. */
const COMMAND = /^(az|aws|terraform|npx|export) /;

/** Findings as text, those of each cloud and cluster together: what is in force on a line, of the rest all that is known. */
export function cloudText(findings: readonly Finding[], columns: number): string {
  const room = Math.min(columns, WIDEST);
  const groups = [...new Set(findings.map(({ about = '' }) => about))];
  const number = (asked: Finding['state']): number => findings.filter(({ state }) => state === asked).length;
  const rest = (['missing', 'unknown'] as const)
    .filter((state) => number(state) > 0)
    .map((state) => `${number(state)} ${state}`);
  return [
    ...groups.flatMap((group) => [
      titleOf(group),
      ...findings.filter(({ about = '' }) => about === group).flatMap((finding) => linesOf(finding, room)),
      '',
    ]),
    `${count(findings.length, 'check')}: ${rest.join(', ') || 'all in force'}`,
  ].join('\n');
}

function titleOf(group: string): string {
  return Object.entries(CLOUDS).find(([name]) => name === group)?.[1].title ?? group;
}

function linesOf({ state, what, asked, seen, fix = [] }: Finding, room: number): string[] {
  const head = labelled(state.padEnd(8), what, room);
  if (state === 'in force') return head;
  return [
    ...head,
    ...(asked === undefined ? [] : labelled('    asked:', asked, room)),
    ...(seen === undefined
      ? []
      : seen.split('\n').flatMap((line, i) => labelled(i === 0 ? '    seen: ' : ' '.repeat(10), line, room))),
    ...(fix.length === 0 ? [] : ['    fix:']),
    ...fix.flatMap((line) =>
      COMMAND.test(line) ? command(line, room) : wrap(line, room - 6).map((part) => `      ${part}`),
    ),
  ];
}

function labelled(label: string, text: string, room: number): string[] {
  const indent = width(label) + (label.startsWith(' ') ? 1 : 2);
  return wrap(text, room - indent).map((line, i) =>
    `${i === 0 ? label.padEnd(indent) : ' '.repeat(indent)}${line}`.trimEnd(),
  );
}

/** A command that can be copied, on several lines if it is long. */
function command(line: string, room: number): string[] {
  if (width(line) <= room) return [line];
  const lines: string[] = [];
  for (const part of line.split(/ (?=--?[a-z]|module\.|arn:)/)) {
    const last = lines.at(-1);
    if (last !== undefined && width(`${last} ${part} \\`) <= room) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(lines.length === 0 ? part : `  ${part}`);
  }
  return lines.map((one, i) => (i < lines.length - 1 ? `${one} \\` : one));
}
