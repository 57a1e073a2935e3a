import type { Tier } from '../../component.ts';
import { podSpecOf } from '../../kinds/references.ts';
import { at, type Manifest } from '../../lib/manifest.ts';

/** The object with its pods in the priority class of a tier, unless its source names another one. */
export function prioritized(object: Manifest, tier: Tier): Manifest {
  const pods = podSpecOf(object);
  if (pods?.spec === undefined || at(pods.spec, 'priorityClassName') !== undefined) return object;
  return withField(object, [...pods.path.split('.'), 'priorityClassName'], tier) as Manifest;
}

function withField(value: unknown, [step = '', ...rest]: readonly string[], field: string): object {
  const holder = value as Readonly<Record<string, unknown>>;
  return { ...holder, [step]: rest.length === 0 ? field : withField(holder[step], rest, field) };
}
