import { at, type Manifest } from '../../lib/manifest.ts';
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
  const found: Duplicate[] = [];
  visit(manifest, [], (list, steps) => found.push(...duplicatesOf(list, placeAt(manifest, steps))));
  return found;
}

/** Calls back for every list with several maps or lists, and the steps to it, which the caller must not keep. */
function visit(
  value: object,
  steps: string[],
  use: (list: readonly unknown[], steps: readonly string[]) => void,
): void {
  if (Array.isArray(value) && value.filter(isMapOrList).length > 1) use(value, steps);
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (!isMapOrList(inner)) continue;
    steps.push(key);
    visit(inner, steps, use);
    steps.pop();
  }
}

/** Every object is walked, so that only of such a list the place is worked out. */
function placeAt(manifest: Manifest, steps: readonly string[]): Place {
  let [place, here]: [Place, unknown] = [placeOf(manifest), manifest];
  for (const step of steps) {
    const inner = at(here, step);
    place = Array.isArray(here) ? inList(place, mergeKeyOf(place)?.(inner) ?? step) : within(place, step);
    here = inner;
  }
  return place;
}

function duplicatesOf(list: readonly unknown[], place: Place): Duplicate[] {
  const keyOf = mergeKeyOf(place);
  if (!keyOf) return [];
  const keys = list.map(keyOf);
  return keys.flatMap((key, i) => (key !== undefined && keys.indexOf(key) < i ? [{ path: place.path, key }] : []));
}

function isMapOrList(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
