import { z } from 'zod';
import { Fault } from '../fault.ts';
import type { Manifest } from './manifest.ts';

const reason = z.string().trim().min(10, 'must give the reason');

const onChanges = z.record(
  z.string().regex(/^(ConfigMap|Secret)\/[a-z0-9]/, 'must be ConfigMap/name or Secret/name'),
  z.union([z.literal('roll'), z.strictObject({ watches: reason }), z.strictObject({ onlyAtStart: reason })]),
);

/** Annotation by which Reloader rolls a workload when one of these Secrets changes (github.com/stakater/Reloader). */
export const RELOADED_SECRETS = 'secret.reloader.stakater.com/reload';

/**
 * What a change of a ConfigMap or Secret means for the pods that read it, by `ConfigMap/name` and `Secret/name`:
 *
 * - `roll`: they read it at their start, so they are replaced
 * - `watches`: they notice it themselves
 * - `onlyAtStart`: it counts at their start alone, and a roll for it would be wrong
 */
export type OnChanges = Readonly<z.output<typeof onChanges>>;

/** Annotation of a workload with what it states of its ConfigMaps and Secrets; all others roll it. */
export const ON_CHANGE = 'slipway.dev/on-change';

/**
 * The annotation of what a component and a cluster's settings state of a workload; none if they state nothing.
 *
 * @param annotations those of the settings
 * @throws Fault if the settings' annotation cannot be read
 */
export function onChangeAnnotation(stated: OnChanges = {}, annotations: Annotations = {}): Record<string, string> {
  const all = { ...parsed(annotations, 'the settings'), ...stated };
  return Object.keys(all).length > 0 ? { [ON_CHANGE]: JSON.stringify(all, null, 2) } : {};
}

/** What a rendered workload states. @throws Fault if its annotation cannot be read */
export function onChangesOf({ kind, metadata }: Manifest): OnChanges {
  return parsed(metadata.annotations, `${kind} ${metadata.name}`);
}

type Annotations = Readonly<Record<string, string>>;

function parsed(annotations: Annotations = {}, where: string): OnChanges {
  const text = annotations[ON_CHANGE];
  if (text === undefined) return {};
  const { data, success } = onChanges.safeParse(jsonOf(text));
  if (success) return data;
  throw new Fault({
    what: `the annotation ${ON_CHANGE} cannot be read`,
    setting: { of: annotations, key: ON_CHANGE },
    where,
    seen: text,
    fix: 'write {"Secret/name": {"watches": "the reason"}}, {"onlyAtStart": "the reason"} or "roll"',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
