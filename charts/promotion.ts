import { isDeepStrictEqual } from 'node:util';
import type { Pin, PinFile } from './pins.ts';
import { compareVersions, versionOf } from './plan/rules/images.ts';

/** A pin that gets another version. */
export interface PinMove {
  readonly pin: string;
  readonly before: Pin;
  readonly after: Pin;
}

/** What a ring gets of a component from the ring before. */
export interface Promotion {
  readonly component: string;
  /** The file of pins that changes. */
  readonly file: string;
  readonly moves: readonly PinMove[];
  /** Pins that the ring before does not have: they stay as they are. */
  readonly kept: readonly string[];
}

/**
 * What promoting a component moves. Each ring has the pins that its clusters use: one that only the ring before has is not
 * added, one that only this ring has is not moved.
 *
 * @param from of the ring before
 * @param to of the ring that gets them
 */
export function promotionOf(from: PinFile, to: PinFile): Promotion {
  const moves = Object.entries(to.pins).flatMap(([pin, before]): PinMove[] => {
    const after = from.pins[pin];
    return after === undefined || isDeepStrictEqual(before, after) ? [] : [{ pin, before, after }];
  });
  const kept = Object.keys(to.pins).filter((pin) => from.pins[pin] === undefined);
  return { component: to.component, file: to.file, moves, kept };
}

/** The pins of a file with those that move in one version or the other. */
export function withMoves(
  { pins }: PinFile,
  moves: readonly PinMove[],
  which: 'before' | 'after',
): Readonly<Record<string, Pin>> {
  return { ...pins, ...Object.fromEntries(moves.map((move) => [move.pin, move[which]])) };
}

/** The moves that go back to an older version. */
export function backwards(moves: readonly PinMove[]): PinMove[] {
  return moves.filter(({ before, after }) => {
    const [old, now] = [versionOf({ tag: before.version }), versionOf({ tag: after.version })];
    return old !== undefined && now !== undefined && compareVersions(now, old) < 0;
  });
}

/** `v1.21.1 → v1.22.0`, of all pins that move between the same two versions once. */
export function describeMoves(moves: readonly PinMove[]): string {
  const texts = moves.map(({ pin, before, after }) =>
    before.version === after.version
      ? `${pin} ${after.version}, another digest`
      : `${before.version} → ${after.version}`,
  );
  return [...new Set(texts)].join(', ');
}
