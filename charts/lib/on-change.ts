import { Fault } from '../fault.ts';
import type { Manifest } from './manifest.ts';

/**
 * What a change of a ConfigMap or Secret means for the pods that read it:
 *
 * - `roll`: they read it at their start, so they are replaced
 * - `watches`: they notice it themselves
 * - `onlyAtStart`: it counts at their start alone, and a roll for it would be wrong
 */
export type OnChange = 'roll' | { readonly watches: string } | { readonly onlyAtStart: string };

/** By `ConfigMap/name` and `Secret/name`. */
export type OnChanges = Readonly<Record<string, OnChange>>;

/** Annotation of a workload with what it states of its ConfigMaps and Secrets; all others roll it. */
export const ON_CHANGE = 'slipway.dev/on-change';

/** The annotation of what a workload states; none if it states nothing. */
export function onChangeAnnotation(stated: OnChanges = {}): Record<string, string> {
  return Object.keys(stated).length > 0 ? { [ON_CHANGE]: JSON.stringify(stated, null, 2) } : {};
}

/** What a rendered workload states. @throws Fault if its annotation cannot be read */
export function onChangesOf({ kind, metadata }: Manifest): OnChanges {
  const text = metadata.annotations?.[ON_CHANGE];
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as OnChanges;
  } catch {
    throw new Fault({
      what: `the annotation ${ON_CHANGE} of ${kind} ${metadata.name} is not JSON`,
      seen: text,
      fix: 'write {"Secret/name": {"watches": "because …"}}, {"onlyAtStart": "because …"} or "roll"',
    });
  }
}
