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
  return below(
    manifest,
    lazily(() => placeOf(manifest)),
  );
}

/** Every object is walked, so that only of a list with several maps the place is worked out. */
function below(value: unknown, place: () => Place): Duplicate[] {
  if (Array.isArray(value))
    return [
      ...(value.filter(isMapOrList).length > 1 ? duplicatesOf(value, place()) : []),
      ...value.flatMap((item, i) =>
        isMapOrList(item)
          ? below(
              item,
              lazily(() => inList(place(), mergeKeyOf(place())?.(item) ?? i)),
            )
          : [],
      ),
    ];
  return Object.entries(value as object).flatMap(([field, inner]) =>
    isMapOrList(inner)
      ? below(
          inner,
          lazily(() => within(place(), field)),
        )
      : [],
  );
}

function duplicatesOf(list: readonly unknown[], place: Place): Duplicate[] {
  const keyOf = mergeKeyOf(place);
  if (!keyOf) return [];
  const keys = list.map(keyOf);
  return keys.flatMap((key, i) => (key !== undefined && keys.indexOf(key) < i ? [{ path: place.path, key }] : []));
}

function isMapOrList(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
