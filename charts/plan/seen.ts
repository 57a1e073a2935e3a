import { label, type Manifest } from '../lib/manifest.ts';
import type { Snapshot } from './change.ts';
import { differencesOf } from './fields/differences.ts';
import type { Entry } from './model.ts';

/** A cluster's folder, and how to read it as that of any cluster. */
export interface OwnSnapshot {
  /** Replaces the cluster's own values in a text. */
  readonly normalise: (text: string) => string;
  readonly snapshot: Pick<Snapshot, 'ofKind' | 'ofApplication'>;
}

/**
 * Whether a cluster has already what a change brings to another one: each field that changes here has the same value there.
 * Other fields may differ, such as replicas; a new object has to be the same.
 *
 * @param here the cluster that changes, after the change
 */
export function hasAlready(entry: Entry, here: OwnSnapshot, there: OwnSnapshot): boolean {
  const name = here.normalise(entry.object);
  const find = ({ snapshot, normalise }: OwnSnapshot): Manifest | undefined =>
    snapshot
      .ofKind(kindOf(entry.object))
      .find(({ manifest, application }) => application === entry.application && normalise(label(manifest)) === name)
      ?.manifest;
  const [is, was] = [find(here), find(there)];
  // That it has never had the component is no proof that pruning works.
  if (is === undefined) return was === undefined && there.snapshot.ofApplication(entry.application).length > 0;
  if (was === undefined) return false;
  const differing = differencesOf(alike(was, there), alike(is, here)).filter(({ noise }) => !noise);
  if (entry.verdict === 'create') return differing.length === 0;
  return !entry.fields.some(({ path, noise }) => !noise && differing.some((field) => overlap(path, field.path)));
}

/** The kind of an object of an entry. */
export function kindOf(object: string): string {
  return object.slice(0, object.indexOf(' '));
}

function alike(manifest: Manifest, { normalise }: OwnSnapshot): Manifest {
  return JSON.parse(normalise(JSON.stringify(manifest))) as Manifest;
}

/** Whether one is the other, or has it within. */
function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && '.['.includes(path.charAt(outer.length)));
}
