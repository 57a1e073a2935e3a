import type { z } from 'zod';
import { type Problem, throwIfAny } from '../../charts/fault.ts';
import { holdSchema } from '../../charts/holds.ts';
import { todayInUtc } from '../../charts/lib/answered.ts';
import { MISUSE } from '../unknown.ts';

/** Why something is not as it should be, and until when. */
export interface Reason {
  readonly because: string;
  readonly until: string;
  /** @default the name that Git commits with */
  readonly by?: string;
}

/** @throws Fault for what is no reason, no name, or no day that is still to come: it would fail the next check */
export function checkReason({ because, until, by }: Reason, today = todayInUtc()): void {
  const { shape } = holdSchema;
  const invalid = [
    ...wrong('because', because, shape.because),
    ...wrong('until', until, shape.until),
    ...(by === undefined ? [] : wrong('by', by, shape.by)),
  ];
  throwIfAny(invalid.length > 0 || until >= today ? invalid : [past(until, today)]);
}

function wrong(option: string, value: string, schema: z.ZodType): Problem[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.map(({ message }) => ({
    what: `--${option} is invalid`,
    ...MISUSE,
    seen: JSON.stringify(value),
    fix: `it ${message}`,
  }));
}

function past(until: string, today: string): Problem {
  return {
    what: '--until is past',
    ...MISUSE,
    seen: `${until}; today is ${today}`,
    fix: 'name a day from today on',
  };
}
