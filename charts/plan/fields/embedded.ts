import { load } from 'js-yaml';
import type { Place } from './place.ts';

/**
 * The data in a text of a ConfigMap or an annotation: a dashboard, a configuration; undefined if it is another text. A
 * text of one line in YAML would be any text.
 */
export function embeddedData({ pattern, inPods, embedded }: Place, text: unknown): object | undefined {
  if (embedded || typeof text !== 'string') return undefined;
  if (!/^(data|metadata\.annotations)\./.test(pattern) || (inPods && !pattern.startsWith('metadata.')))
    return undefined;
  return json(text) ?? (text.trim().includes('\n') ? yaml(text) : undefined);
}

function json(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function yaml(text: string): object | undefined {
  try {
    return asObject(load(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
