import { Fault, type Problem, suggest, throwIfAny } from '../../charts/fault.ts';
import type { PinFile } from '../../charts/pins.ts';
import { type Promotion, promotionOf } from '../../charts/promotion.ts';
import type { Ring } from '../../charts/rings.ts';
import { pinFile, pinFilesOf } from '../pin-files.ts';
import type { Step } from './rings.ts';
import { MISUSE } from '../unknown.ts';

/** A component whose pins differ in two rings. */
export interface Proposal {
  readonly promotion: Promotion;
  readonly from: PinFile;
  readonly to: PinFile;
}

/**
 * What differs of the named components, or of all that both rings have.
 *
 * @throws Fault for each name that either ring does not pin
 */
export function proposalsOf(root: string, step: Step, names: readonly string[], all: boolean): Proposal[] {
  const files = { from: byComponent(root, step.from), to: byComponent(root, step.to) };
  const known = [...files.to.keys()].filter((name) => files.from.has(name));
  if (all === names.length > 0)
    throw new Fault({
      what: all ? 'promote takes components or --all, not both' : 'promote takes the components that are to go on',
      ...MISUSE,
      ...(all && { seen: names.join(', ') }),
      fix: `slipway promote COMPONENT…, of: ${known.join(', ')}; or slipway promote --all`,
    });
  throwIfAny(
    names.filter((name) => !known.includes(name)).map((name) => unknown(step, name, known, files.from, files.to)),
  );
  return (all ? known : known.filter((name) => names.includes(name))).flatMap((name) => {
    const [from, to] = [files.from.get(name), files.to.get(name)];
    if (from === undefined || to === undefined) return [];
    const promotion = promotionOf(from, to);
    return promotion.moves.length > 0 ? [{ promotion, from, to }] : [];
  });
}

type Files = ReadonlyMap<string, PinFile>;

function byComponent(root: string, { name }: Ring): Files {
  return new Map(pinFilesOf(root, name).map((file) => [file.component, file]));
}

/** The problem of a component that one of the rings does not have, or both. */
function unknown({ from, to }: Step, name: string, known: readonly string[], before: Files, after: Files): Problem {
  const asked = { ...MISUSE, seen: name };
  if (before.has(name))
    return {
      ...asked,
      what: `${to.name} has no component "${name}"`,
      fix: `add it to a cluster of ${to.name} (${to.clusters.join(', ')}), with its pins in ${pinFile(to.name, name)}`,
    };
  if (after.has(name))
    return {
      ...asked,
      what: `${from.name} has no component "${name}", so that it has no version to give`,
      fix: `edit its pins in ${pinFile(to.name, name)}, or add it to a cluster of ${from.name} first`,
    };
  return { ...asked, what: `there is no component "${name}"`, fix: suggest(name, known) };
}
