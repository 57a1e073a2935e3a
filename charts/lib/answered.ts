import { z } from 'zod';

/** Why something is not as it should be: a sentence, not a word. */
export const reason = z.string().trim().min(10, 'must give the reason');

/** The last day on which it may be so. */
export const day = z.iso.date({ error: 'must be a day, such as 2026-12-31' });

/** The day of a time, as `2026-12-31`. */
export function todayInUtc(now = new Date()): string {
  return now.toISOString().slice(0, 10);
}

/** A time to the minute: `2026-11-20 10:00 UTC` */
export function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
