import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../../lib/manifest.ts';
import type { Field } from '../model.ts';
import { defaultsAt } from './defaults.ts';
import { embeddedData } from './embedded.ts';
import { derivedDefault } from './implied.ts';
import { type ItemKey, keyOf, orderOf } from './lists.ts';
import { embeddedIn, inList, type Place, placeOf, within } from './place.ts';
import { isSecretValue, secretDifference } from './secret.ts';
import { meansTheSame } from './values.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The differences of two versions of an object, by field. Those without meaning are among them, as `noise`: defaults that
 * are now said, orders that nobody reads, other texts of one value.
 */
export function differencesOf(before: Manifest, after: Manifest): Field[] {
  return differ(placeOf(before), before, after);
}

function differ(place: Place, before: unknown, after: unknown): Field[] {
  if (before === after || isDeepStrictEqual(before, after)) return [];
  if (isSecretValue(place)) return secretDifference(place, before, after);
  if (isMap(before) && isMap(after)) return differMaps(place, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return differLists(place, before, after);
  const [was, is] = [embeddedData(place, before), embeddedData(place, after)];
  if (was && is) {
    const fields = differ(embeddedIn(place), was, is);
    return fields.length > 0 ? fields : [fieldOf(place, before, after, true)];
  }
  return [fieldOf(place, before, after, meansTheSame(place, before, after))];
}

function differMaps(place: Place, before: Json, after: Json): Field[] {
  const defaults = defaultsAt(place);
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => {
    const [was, is] = [before, after].map((map) => saidIn(place, map, field, defaults));
    if (was === is) return [];
    if (was !== undefined && is !== undefined) return differ(within(place, field), was, is);
    const here = within(place, field);
    const said = was ?? is;
    if (isSecretValue(here)) return secretDifference(here, was, is);
    // Each of its keys by itself: one of them may be secret.
    if (isMapOfTexts(here) && isMap(said) && Object.keys(said).length > 0) return differ(here, was ?? {}, is ?? {});
    const implied = defaults[field] ?? derivedDefault(place, field, was === undefined ? before : after);
    const isImplied = implied !== undefined && differ(here, implied, said).every(({ noise }) => noise);
    return [fieldOf(here, was, is, isImplied || isNothing(here, said))];
  });
}

/** A field's value; the empty text of a built-in kind is none where there is a default. */
function saidIn({ root, embedded }: Place, map: Json, field: string, defaults: Json): unknown {
  const isNone = map[field] === '' && root.builtIn && !embedded && Boolean(defaults[field]);
  return isNone ? undefined : (map[field] ?? undefined);
}

/** Maps that people add keys to. */
function isMapOfTexts({ pattern, embedded }: Place): boolean {
  return !embedded && /^(metadata\.(labels|annotations)|data)$/.test(pattern);
}

/** A value that built-in kinds do not keep apart from none: an empty list, and a map of texts. */
function isNothing({ root, embedded, pattern, field }: Place, value: unknown): boolean {
  if (embedded) return false;
  if (isMap(value) && Object.keys(value).length === 0)
    return /(^|\.)(labels|annotations|nodeSelector|matchLabels)$/.test(pattern) || pattern === 'data';
  return root.builtIn && Array.isArray(value) && value.length === 0 && !/^(ingress|egress)$/.test(field);
}

function differLists(place: Place, before: readonly unknown[], after: readonly unknown[]): Field[] {
  const key = keyOf(place, before, after);
  if (!key) return differByPosition(place, before, after);
  const [was, is] = [byKey(before, key), byKey(after, key)];
  const order = orderOf(place);
  const [old, now] = [[...was.keys()].filter((one) => is.has(one)), [...is.keys()].filter((one) => was.has(one))];
  const moved: Field = { path: place.path, change: 'reordered', before: old, after: now, ...orderIs(order) };
  return [
    ...old.flatMap((one, i) => differ(inList(place, shortKey(one) || i), was.get(one), is.get(one))),
    ...differOthers(
      place,
      [...was].filter(([one]) => !is.has(one)),
      [...is].filter(([one]) => !was.has(one)),
    ),
    ...(isDeepStrictEqual(old, now) ? [] : [moved]),
  ];
}

type Keyed = readonly (readonly [key: string, item: unknown])[];

/** What only one of both lists has: in turn versions of one item where an item has no name, else gone or new. */
function differOthers(place: Place, gone: Keyed, come: Keyed): Field[] {
  const paired = [...gone, ...come].every(([key, item]) => isMap(item) && key.startsWith('{'))
    ? Math.min(gone.length, come.length)
    : 0;
  return [
    ...gone.slice(0, paired).flatMap(([, item], i) => differ(inList(place, i), item, come[i]?.[1])),
    ...gone.slice(paired).map(([key, item]) => fieldOf(inList(place, shortKey(key)), item, undefined, false)),
    ...come.slice(paired).map(([key, item]) => fieldOf(inList(place, shortKey(key)), undefined, item, false)),
  ];
}

/** An item that is its own key: it is shown beside the path, or known by its position. */
function shortKey(key: string): string {
  return key.startsWith('{') ? '' : key;
}

function byKey(list: readonly unknown[], key: ItemKey): Map<string, unknown> {
  return new Map(list.map((item) => [key(item) ?? '', item]));
}

function orderIs(order: ReturnType<typeof orderOf>): Pick<Field, 'noise' | 'rolls'> {
  return { ...(order === 'none' && { noise: true }), ...(order === 'rolls' && { rolls: true }) };
}

/** What both have at their start and end is the same item; the items between are compared in turn. */
function differByPosition(place: Place, before: readonly unknown[], after: readonly unknown[]): Field[] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && isDeepStrictEqual(before[start], after[start])) start += 1;
  let end = 0;
  while (end < most - start && isDeepStrictEqual(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [was, is] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return Array.from({ length: Math.max(was.length, is.length) }, (_, i) => {
    const here = inList(place, start + i);
    return i < was.length && i < is.length ? differ(here, was[i], is[i]) : [fieldOf(here, was[i], is[i], false)];
  }).flat();
}

function fieldOf({ path }: Place, before: unknown, after: unknown, noise: boolean): Field {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return {
    path,
    change,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(noise && { noise }),
  };
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
