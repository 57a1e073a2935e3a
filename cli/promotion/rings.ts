import { Fault, suggest } from '../../charts/fault.ts';
import { type Ring, RINGS_FILE } from '../../charts/rings.ts';
import { MISUSE } from '../unknown.ts';

/** Neighbours: what the first one runs, the second one gets. */
export interface Step {
  readonly from: Ring;
  readonly to: Ring;
}

/**
 * The step that is asked for; without a ring, that from the first one.
 *
 * @throws Fault for an unknown ring, and for two that are no neighbours in this order
 */
export function stepBetween(
  rings: readonly Ring[],
  { from, to }: { readonly from?: string; readonly to?: string },
): Step {
  const names = rings.map(({ name }) => name);
  if (rings.length < 2)
    throw new Fault({
      what: 'there is one ring alone, so that nothing can be promoted',
      file: RINGS_FILE,
      fix: 'its versions are those that Renovate writes; add a ring that follows it',
    });
  const indexOf = (name: string): number => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    throw new Fault({
      what: `there is no ring "${name}"`,
      ...MISUSE,
      seen: name,
      fix: suggest(name, names),
    });
  };
  const end = to === undefined ? (from === undefined ? 0 : indexOf(from)) + 1 : indexOf(to);
  const start = from === undefined ? end - 1 : indexOf(from);
  const [source, target] = [rings[start], rings[end]];
  if (source && target && end === start + 1) return { from: source, to: target };
  throw new Fault({
    what:
      source && target
        ? `${target.name} does not follow ${source.name}`
        : `no ring is ${start < 0 ? 'before' : 'after'} ${names[start < 0 ? end : start]}`,
    file: RINGS_FILE,
    seen: names.join(', '),
    fix: 'a version goes from each ring to the next one in this order',
  });
}
