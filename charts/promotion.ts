import { isDeepStrictEqual } from 'node:util';
import { grouped } from './lib/grouped.ts';
import { type Pin, type PinFile, pinSchema } from './pins.ts';
import { compareVersions, versionOf } from './lib/images.ts';

const pinFields = pinSchema.keyof().options;

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

/** The moves that go back to an older version of the same package. */
export function backwards(moves: readonly PinMove[]): PinMove[] {
  return moves.filter(({ before, after }) => {
    const [old, now] = [versionOf({ tag: before.version }), versionOf({ tag: after.version })];
    const isComparable = old !== undefined && now !== undefined && before.packageName === after.packageName;
    return isComparable && compareVersions(now, old) < 0;
  });
}

/** `v1.21.1 → v1.22.0`; with the names of pins if they do not all move between the same two versions. */
export function describeMoves(moves: readonly PinMove[]): string {
  const groups = [...grouped(moves, describeMove)];
  return groups
    .map(([text, own]) => (groups.length > 1 ? `${own.map(({ pin }) => pin).join(' and ')} ${text}` : text))
    .join(', ');
}

function describeMove({ before, after }: PinMove): string {
  if (before.packageName !== after.packageName)
    return `${before.packageName} ${before.version} → ${after.packageName} ${after.version}`;
  if (before.version !== after.version) return `${before.version} → ${after.version}`;
  const fields = pinFields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return `${after.version} with another ${fields.join(' and ')}`;
}
