import { Fault, suggest, throwIfAny } from '../../charts/fault.ts';
import type { PinFile } from '../../charts/pins.ts';
import { type Promotion, promotionOf } from '../../charts/promotion.ts';
import { pinFilesOf } from '../pin-files.ts';
import type { Step } from './rings.ts';

/** A component whose pins differ in two rings. */
export interface Proposal {
  readonly promotion: Promotion;
  readonly from: PinFile;
  readonly to: PinFile;
}

/**
 * What differs of the named components, or of all.
 *
 * @throws Fault for each name that the ring does not pin, or the ring before does not
 */
export function proposalsOf(root: string, step: Step, names: readonly string[], all: boolean): Proposal[] {
  const [from, to] = [step.from, step.to].map(({ name }) => pinFilesOf(root, name));
  const known = (to ?? []).map(({ component }) => component);
  if (all === names.length > 0)
    throw new Fault({
      what: all ? 'promote takes components or --all, not both' : 'promote takes the components that are to go on',
      where: 'the command line',
      ...(all && { seen: names.join(', ') }),
      fix: `slipway promote COMPONENT…, of: ${known.join(', ')}; or slipway promote --all`,
    });
  throwIfAny(
    names
      .filter((name) => !known.includes(name))
      .map((name) => ({
        what: `${step.to.name} runs no component "${name}"`,
        where: 'the command line',
        seen: name,
        fix: suggest(name, known),
      })),
  );
  return (to ?? [])
    .filter(({ component }) => all || names.includes(component))
    .flatMap((file) => {
      const source = from?.find(({ component }) => component === file.component);
      if (source === undefined) return [];
      const promotion = promotionOf(source, file);
      return promotion.moves.length > 0 ? [{ promotion, from: source, to: file }] : [];
    });
}
