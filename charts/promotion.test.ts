import { describe, expect, it } from 'vitest';
import type { Pin, PinFile } from './pins.ts';
import { backwards, describeMoves, promotionOf, withMoves } from './promotion.ts';

const pin = (version: string, more: Partial<Pin> = {}): Pin => ({
  datasource: 'docker',
  packageName: 'docker.io/library/mongo',
  version,
  ...more,
});
const fileOf = (ring: string, pins: Readonly<Record<string, Pin>>): PinFile => ({
  component: 'mongo',
  file: `clusters/pins/${ring}/mongo.json`,
  pins,
});
const movesOf = (before: Readonly<Record<string, Pin>>, after: Readonly<Record<string, Pin>>) =>
  promotionOf(fileOf('staging', after), fileOf('production', before)).moves;

const DIGESTS = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);

describe('promotionOf', () => {
  it('moves the pins that differ, by whatever field, to all that the ring before says of them', () => {
    const [old, now] = [pin('8.0.1'), pin('8.0.2', { packageName: 'registry.example/mongo', digest: DIGESTS[0] })];
    expect(
      promotionOf(
        fileOf('staging', { mongo: now, exporter: pin('1') }),
        fileOf('production', { mongo: old, exporter: pin('1') }),
      ),
    ).toEqual({
      component: 'mongo',
      file: 'clusters/pins/production/mongo.json',
      moves: [{ pin: 'mongo', before: old, after: now }],
      kept: [],
    });
  });

  it('sees another digest of the same version', () => {
    const before = { mongo: pin('8.0.1', { digest: DIGESTS[0] }) };
    expect(movesOf(before, { mongo: pin('8.0.1', { digest: DIGESTS[1] }) })).toHaveLength(1);
    expect(movesOf(before, { mongo: pin('8.0.1', { digest: DIGESTS[0] }) })).toEqual([]);
  });

  it('adds no pin that the ring before alone has, and keeps one that this ring alone has', () => {
    const found = promotionOf(fileOf('staging', { next: pin('2') }), fileOf('production', { stable: pin('1') }));
    expect(found).toMatchObject({ moves: [], kept: ['stable'] });
  });
});

describe('withMoves', () => {
  const [before, after] = [{ mongo: pin('1'), exporter: pin('5') }, { mongo: pin('2') }];
  const moves = movesOf(before, after);

  it('gives the ring the versions of the ring before, in the order of its own file', () => {
    const given = withMoves(fileOf('production', before), moves, 'after');
    expect(Object.entries(given)).toEqual([
      ['mongo', pin('2')],
      ['exporter', pin('5')],
    ]);
  });

  it('gives the ring before the versions that the next one still has', () => {
    expect(withMoves(fileOf('staging', after), moves, 'before')).toEqual({ mongo: pin('1') });
  });
});

describe('backwards', () => {
  it.each([
    ['8.0.10', '8.0.9', 1],
    ['v2', 'v1.9', 1],
    ['17.11-trixie', '17.10-trixie', 1],
    ['8.0.9', '8.0.10', 0],
    ['1.0', '1.0.0', 0],
    // Which one is older, nobody can say.
    ['latest', '1.0.0', 0],
    ['1.0.0', 'nightly', 0],
  ])('from %s to %s: %d', (before, after, count) => {
    expect(backwards(movesOf({ mongo: pin(before) }, { mongo: pin(after) }))).toHaveLength(count);
  });

  it('does not compare versions of two packages', () => {
    const after = { mongo: pin('1.0.0', { packageName: 'registry.example/other' }) };
    expect(backwards(movesOf({ mongo: pin('8.0.1') }, after))).toEqual([]);
  });
});

describe('describeMoves', () => {
  const described = (...pairs: Parameters<typeof movesOf>): string => describeMoves(movesOf(...pairs));

  it('says once what several pins have in common', () => {
    expect(described({ a: pin('1'), b: pin('1') }, { a: pin('2'), b: pin('2') })).toBe('1 → 2');
  });

  it('names pins that move between other versions', () => {
    const before = { server: pin('1'), agent: pin('1'), exporter: pin('5') };
    expect(described(before, { server: pin('2'), agent: pin('2'), exporter: pin('6') })).toBe(
      'server and agent 1 → 2, exporter 5 → 6',
    );
  });

  it('says what else differs than the version', () => {
    const digest = (index: number) => ({ mongo: pin('1', { digest: DIGESTS[index] }) });
    expect(described(digest(0), digest(1))).toBe('1 with another digest');
    expect(described({ mongo: pin('1') }, { mongo: pin('1', { digest: DIGESTS[0], unpinnedBecause: 'no' }) })).toBe(
      '1 with another digest and unpinnedBecause',
    );
    expect(described({ mongo: pin('1') }, { mongo: pin('2', { packageName: 'registry.example/mongo' }) })).toBe(
      'docker.io/library/mongo 1 → registry.example/mongo 2',
    );
  });
});
