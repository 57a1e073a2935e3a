/** HTML. Only `markup` makes it from values, which it escapes. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may contain: text, HTML, nothing, or a list of these. */
export type Part = string | number | false | undefined | Markup | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * What HTML takes for its own, and characters that a reader does not see, or that change what others look like: controls,
 * zero widths, marks of direction, separators of lines. A value that hides something shows it.
 */
const SPECIAL = /[&<>"'`\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A template of HTML: every value in it is text, in an element or in a quoted attribute, unless it is HTML already. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, next, i) => text + textOf(parts[i - 1]) + next));
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escaped(String(part));
}

function escaped(text: string): string {
  return text.replaceAll(SPECIAL, (character) => ENTITIES[character] ?? visible(character));
}

function visible(character: string): string {
  return character === '\n' || character === '\t' ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
