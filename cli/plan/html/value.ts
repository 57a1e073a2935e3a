import { dump } from 'js-yaml';
import { isPlain } from '../plain.ts';

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
