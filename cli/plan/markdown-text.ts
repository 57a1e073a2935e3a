import { cut, visible } from './text.ts';

/** Words that no Markdown, and nothing that GitHub makes of text, gives a meaning: no link, mention, emoji or formula. */
const PLAIN_WORD = /^[("']?(?:\p{L}+(?:['’-]\p{L}+)*|\d{1,6}(?:[.,]\d{1,6})?%?|[→–-])[)"']?[.,;:!?]?[)"']?$/u;

/** A name or a value in a line of Markdown. */
export function code(text: string, columns = 200): string {
  const shown = cut(visible(text), columns);
  const fence = '`'.repeat(longestRun(shown) + 1);
  // Markdown takes a space from either end, and an empty span is none.
  const padded = /^[` ]|[` ]$|^$/.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}

/** A sentence in a line of Markdown; whatever in it is not simply a word is written as code. */
export function prose(text: string, columns = 400): string {
  const parts: { readonly plain: boolean; readonly words: string[] }[] = [];
  for (const word of cut(visible(text), columns).split(' ')) {
    const plain = PLAIN_WORD.test(word);
    const last = parts.at(-1);
    if (word === '') continue;
    if (last?.plain === plain) last.words.push(word);
    else parts.push({ plain, words: [word] });
  }
  return parts.map(({ plain, words }) => (plain ? words.join(' ') : named(words.join(' '), columns))).join(' ');
}

/** Without the punctuation of the sentence that it is in. */
function named(text: string, columns: number): string {
  const [, name = '', mark = ''] = /^(.*?)((?:"(?=\?))?[.,;:?]?)$/.exec(text) ?? [];
  return name === '' ? code(text, columns) : `${code(name, columns)}${mark}`;
}

/** A name in HTML, where Markdown means nothing. */
export function htmlCode(text: string, columns = 200): string {
  return `<code>${cut(visible(text), columns).replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)}</code>`;
}

/** Lines that nothing in them can end. */
export function fenced(language: string, lines: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)));
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
