import { load } from 'js-yaml';

/** Whether a text without quotes cannot be taken for a number, a truth value, nothing, or itself without blanks. */
export function isPlain(text: string): boolean {
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
