import { markup, type Markup } from './markup.ts';

/** A sentence of a rule, in which `code` is between backticks. */
export function prose(text: string): (string | Markup)[] {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : part));
}
