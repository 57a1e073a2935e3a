import { withMoves } from '../../charts/promotion.ts';
import type { Ring } from '../../charts/rings.ts';
import type { FileTexts } from '../git.ts';
import { withoutNeedless } from '../pin-files.ts';
import type { Proposal } from './proposals.ts';

/**
 * The texts of a ring's files of pins with what moves in one version or the other. Exceptions of its clusters that would
 * have no effect any more go.
 */
export function textsOf(
  root: string,
  ring: Ring,
  proposals: readonly Proposal[],
  which: 'before' | 'after',
): FileTexts {
  const files = proposals.map(({ promotion, from, to }) => {
    const file = which === 'before' ? from : to;
    return [file.file, json(withMoves(file, promotion.moves, which))] as const;
  });
  const moves = new Map(proposals.flatMap(({ promotion }) => promotion.moves.map((move) => [move.pin, move] as const)));
  return new Map([...files, ...withoutNeedless(root, ring, (pin) => moves.get(pin)?.[which])]);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
