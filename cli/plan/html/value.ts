import { dump, load } from 'js-yaml';

/** The lines of a value: of a text its own, of anything else those of its YAML; undefined has none. */
export function linesOf(value: unknown): string[] {
  if (value === undefined) return [];
  return textOf(value).split('\n');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return dump(value, { lineWidth: -1, noRefs: true }).trimEnd();
}

/** Whether a text cannot be taken for a number, a truth value, nothing, or itself without blanks. */
function isPlain(text: string): boolean {
  if (text.includes('\n')) return true;
  // Only what is short can be another scalar than text; parsing all of a long value would take its time.
  return text.length > 40 ? text === text.trim() : text === text.trim() && !isOtherScalar(text);
}

function isOtherScalar(text: string): boolean {
  if (!/^[\d.+~-]|^(true|false|null)$|^$/i.test(text)) return false;
  try {
    return typeof load(text) !== 'string';
  } catch {
    return false;
  }
}
