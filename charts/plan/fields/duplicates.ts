import type { Manifest } from '../../lib/manifest.ts';
import { mergeKeyOf } from './lists.ts';
import { inList, type Place, placeOf, within } from './place.ts';

/** Two items of a list with one merge key. */
export interface Duplicate {
  /** `spec.template.spec.containers[app].env` */
  readonly path: string;
  /** `LEVEL` */
  readonly key: string;
}

/** Items that have the merge key of another one: a server-side apply takes no such list. */
export function duplicatesIn(manifest: Manifest): Duplicate[] {
  return below(placeOf(manifest), manifest);
}

function below(place: Place, value: unknown): Duplicate[] {
  if (Array.isArray(value)) {
    const keyOf = mergeKeyOf(place);
    const keys = value.map((item) => keyOf?.(item));
    return [
      ...keys.flatMap((key, i) => (key !== undefined && keys.indexOf(key) < i ? [{ path: place.path, key }] : [])),
      ...value.flatMap((item, i) => below(inList(place, keys[i] ?? i), item)),
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => below(within(place, field), inner));
}
