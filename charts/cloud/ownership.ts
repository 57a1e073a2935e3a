import type { SettingPath } from '../fault.ts';

/** A value that a fact stands for. */
export interface OwnValue {
  /** Equal for two clusters that would use the same thing. */
  readonly value: string;
  /** Keys below the fact, if it is not the fact itself. */
  readonly below?: SettingPath;
}

/** A fact of which no two clusters may have the same values. */
interface Own<Fact, Facts> {
  /** What both would have, in messages: `the backups`. */
  readonly what: string;
  /** True if several clusters may have it, as long as none of their prefixes begins with another's. @default false */
  readonly prefixed?: boolean;
  readonly values: (fact: NonNullable<Fact>, facts: Facts) => readonly OwnValue[];
}

/**
 * Says of every fact whether other clusters may have it too. It stands beside the schema of the facts, and does not
 * compile without one of them.
 */
export type Ownership<Facts> = { readonly [Name in keyof Facts]-?: 'shared' | Own<Facts[Name], Facts> };

/** A value that one cluster of a fleet may have, and its place in facts.json. */
export interface OwnFact extends Required<Pick<Own<unknown, unknown>, 'what' | 'prefixed'>> {
  readonly value: string;
  readonly path: SettingPath;
}

/** What of its facts is a cluster's own. */
export function ownFacts<Facts extends object>(ownership: Ownership<Facts>, facts: Facts): OwnFact[] {
  return (Object.keys(ownership) as (keyof Facts & string)[]).flatMap((name) => {
    const [own, fact] = [ownership[name], facts[name]];
    if (own === 'shared' || fact === undefined || fact === null) return [];
    const { what, prefixed = false, values } = own;
    return values(fact, facts).map(({ value, below = [] }) => ({ what, prefixed, value, path: [name, ...below] }));
  });
}

/** The strings of an object, at any depth, each by itself. */
export function eachText(value: unknown, below: SettingPath = []): OwnValue[] {
  if (typeof value === 'string') return [{ value, below }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => eachText(inner, [...below, key]));
}
