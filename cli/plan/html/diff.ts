import { diffWordsWithSpace, structuredPatch } from 'diff';

/** A part of a line; marked if it is what changes. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

export type Line = readonly Piece[];

/** What a diff shows, from top to bottom: lines that stay, lines in place of others, or how many are left out. */
export type Chunk =
  | { readonly same: readonly Line[] }
  | { readonly before: readonly Line[]; readonly after: readonly Line[] }
  | { readonly unchanged: number };

/** Lines around a change. */
const CONTEXT = 3;
/** Edits that are searched for; texts that differ more are shown one after the other. */
const MOST_EDITS = 2000;
/** Characters of a line in which changed words are marked. */
const LONGEST_LINE = 1000;
/** The part of a line that must stay: where most changes, marks only disturb. */
const LEAST_IN_COMMON = 0.3;

/** What changes between two values, line by line. */
export function chunksOf(before: readonly string[], after: readonly string[]): Chunk[] {
  if (before.length < 2 && after.length < 2) return [replaced(before, after)];
  const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  const patch = structuredPatch('', '', ended(before), ended(after), '', '', {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
  });
  // Texts that are equal have no hunk.
  if (!patch?.hunks.length) return [replaced(before, after)];
  let shown = 1;
  const chunks = patch.hunks.flatMap(({ oldStart, oldLines, lines }) => {
    const skipped = oldStart - shown;
    shown = oldStart + oldLines;
    return [...leftOut(skipped), ...runs(lines)];
  });
  return [...chunks, ...leftOut(before.length + 1 - shown)];
}

function leftOut(lines: number): Chunk[] {
  return lines > 0 ? [{ unchanged: lines }] : [];
}

/** A hunk's lines, which begin with ' ', '-' or '+', as chunks. */
function runs(lines: readonly string[]): Chunk[] {
  return [...lines.join('\n').matchAll(/(?:^ .*(?:\n|$))+|(?:^[-+].*(?:\n|$))+/gm)].map(([run]) => {
    const own = run.replace(/\n$/, '').split('\n');
    const starting = (sign: string): string[] =>
      own.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    return run.startsWith(' ') ? { same: starting(' ').map(plain) } : replaced(starting('-'), starting('+'));
  });
}

/** Lines in place of others; changed words are marked if each line has a counterpart. */
function replaced(before: readonly string[], after: readonly string[]): Chunk {
  if (before.length !== after.length) return { before: before.map(plain), after: after.map(plain) };
  const pairs = before.map((line, i) => words(line, after[i]!));
  return { before: pairs.map(([line]) => line), after: pairs.map(([, line]) => line) };
}

function words(before: string, after: string): readonly [Line, Line] {
  if (Math.max(before.length, after.length) > LONGEST_LINE) return [plain(before), plain(after)];
  const parts = diffWordsWithSpace(before, after);
  const common = parts.filter(({ added, removed }) => !added && !removed).map(({ value }) => value.trim());
  if (common.join('').length < LEAST_IN_COMMON * Math.max(before.length, after.length))
    return [plain(before), plain(after)];
  const side = (other: 'added' | 'removed'): Line =>
    parts
      .filter((part) => !part[other])
      .map(({ value, added, removed }) => ({ text: value, marked: added || removed }));
  return [side('added'), side('removed')];
}

function plain(text: string): Line {
  return [{ text, marked: false }];
}
