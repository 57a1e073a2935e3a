import { eastAsianWidth } from 'get-east-asian-width';

const ELLIPSIS = '…';

/**
 * One line, in which every character is seen: what would move the cursor, end the line or turn the direction of writing,
 * and any space but the usual one, is written as an escape, so that a value looks like nothing but a value.
 */
export function visible(text: string): string {
  return text.replaceAll(/\p{C}|(?! )\p{Z}/gu, escape);
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  return NAMED[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Columns that a visible text takes in a terminal; combining characters count as one, so that it is never more. */
export function width(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

function widthOf(character: string): number {
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** As much of the beginning as fits. */
export function start(text: string, columns: number): string {
  let [length, used] = [0, 0];
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/** As much of the end as fits. */
function end(text: string, columns: number): string {
  // No more characters than columns can fit; a pair of surrogates may be cut, and then is none of them.
  const tail = Array.from(text.slice(-2 * columns - 1));
  let used = 0;
  const from = tail.findLastIndex((character) => (used += widthOf(character)) > columns);
  return columns <= 0 ? '' : tail.slice(from + 1).join('');
}

/** The text, without its middle if it is too wide. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const kept = Math.max(columns - 1, 0);
  return `${start(text, Math.ceil(kept / 2))}${ELLIPSIS}${end(text, Math.floor(kept / 2))}`;
}

/** The text, without its end if it is too wide. */
export function clip(text: string, columns: number): string {
  return width(text) <= columns ? text : `${start(text, columns - 1)}${ELLIPSIS}`;
}

/** Two values, so that where they differ is seen: what they share is shortened first. */
export function cutPair(before: string, after: string, columns: number): [string, string] {
  if (Math.max(width(before), width(after)) <= columns) return [before, after];
  const [one, other] = [before, after].map((value) => Array.from(value)) as [string[], string[]];
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  const around = (characters: readonly string[]): string => {
    const part = (from: number, to: number): string => characters.slice(from, to).join('');
    const differing = cut(part(head, characters.length - tail), Math.ceil(columns / 2));
    const room = columns - width(differing);
    const last = cut(part(characters.length - tail, characters.length), Math.floor(room / 3));
    return `${cut(part(0, head), room - width(last))}${differing}${last}`;
  };
  return [cut(around(one), columns), cut(around(other), columns)];
}

/** Lines of words, the first of which may be narrower; a word that fits no line is broken. */
export function wrap(text: string, columns: number, first = columns): string[] {
  const lines = [''];
  const room = (): number => (lines.length === 1 ? first : columns);
  for (const word of text.split(' ')) {
    let rest = word;
    const line = lines.at(-1) ?? '';
    if (line !== '' && width(line) + 1 + width(word) <= room()) {
      lines[lines.length - 1] = `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push('');
    while (width(rest) > room()) {
      const part = start(rest, room()) || (Array.from(rest)[0] ?? '');
      lines[lines.length - 1] = part;
      lines.push('');
      rest = rest.slice(part.length);
    }
    lines[lines.length - 1] = rest;
  }
  return lines;
}
