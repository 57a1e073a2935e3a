import type { Field } from '../model.ts';
import { type Place, within } from './place.ts';

/**
 * True where every value is secret: the data of a Secret, and the copy of the whole object that `kubectl apply` keeps in
 * an annotation. Values are compared, and only then hidden, so that a changed one is shown as changed.
 */
export function isSecretValue({ pattern, root }: Place): boolean {
  return (
    root.kind === 'Secret' &&
    root.group === '' &&
    (/^(data|stringData)(\.|$)/.test(pattern) ||
      pattern === 'metadata.annotations.kubectl.kubernetes.io/last-applied-configuration')
  );
}

/** A field for each key that differs, with its length as a class alone. */
export function secretDifference(place: Place, before: unknown, after: unknown): Field[] {
  if (typeof before !== 'object' && typeof after !== 'object') return hidden(place, before, after);
  const [was, is] = [before, after].map((value) => (value ?? {}) as Readonly<Record<string, unknown>>);
  return [...new Set([...Object.keys(was!), ...Object.keys(is!)])].flatMap((key) =>
    was![key] === is![key] ? [] : hidden(within(place, key), was![key], is![key]),
  );
}

function hidden(place: Place, before: unknown, after: unknown): Field[] {
  const encoded = place.pattern.startsWith('data');
  const [was, is] = [before, after].map((value) =>
    value === undefined ? undefined : bytesOf(value as string, encoded),
  );
  const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
  const sizes = [...new Set([was, is].filter((one) => one !== undefined).map(sizeClass))];
  // The same bytes in another alphabet of base64, or with other line breaks.
  const noise = was !== undefined && is !== undefined && was.equals(is);
  return [{ path: place.path, change, hidden: sizes.join(', then '), ...(noise && { noise }) }];
}

function bytesOf(text: string, encoded: boolean): Buffer {
  return Buffer.from(text, encoded ? 'base64' : 'utf8');
}

/** Its power of two: enough to see that a value is empty or is now a key instead of a password. */
function sizeClass({ length }: Buffer): string {
  if (length === 0) return 'empty';
  const least = 2 ** Math.floor(Math.log2(length));
  return least === 1 ? '1 byte' : `${least} to ${2 * least - 1} bytes`;
}
