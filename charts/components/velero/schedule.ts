import { z } from 'zod';
import { DIALECTS, fires, longestGapOf, readCron, sameTimes } from '../../lib/cron.ts';

/** What the parsers read differently, and how to say it so that they do not. */
const AMBIGUOUS = {
  step: 'must list the days of the week, such as mon,wed: Velero 1.18.3 counts a step to 7, earlier versions to 6',
  days:
    'must restrict the day of the month or the day of the week, not both: Velero 1.18.3 fires on days that match both, ' +
    'earlier versions on those that match either',
};

/** More often than this, backups would overlap. */
const MIN_SECONDS = 60;

/**
 * Schema of the schedule of the backups. Velero 1.18.3 reads cron expressions with another parser than 1.18.1 does, and
 * what one of them refuses or reads differently would stop the backups, or move them, with a change of the pin.
 */
export const scheduleSetting = z.string().superRefine((expression, context) => {
  const mistake = scheduleMistake(expression);
  if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
});

/** What the schedule of a backup must be, if it is not. */
export function scheduleMistake(expression: string): string | undefined {
  const earlier = readCron(expression, DIALECTS['robfig/cron']);
  if (typeof earlier === 'string') return earlier;
  const later = readCron(expression, DIALECTS['go-cron']);
  if (typeof later === 'string') return later;
  if ('delaySeconds' in earlier && earlier.delaySeconds < MIN_SECONDS) return 'must be @every minute at most';
  // Velero takes the zero time for one that has passed: it would start a backup whenever the last one has ended.
  if (!fires(earlier)) return 'must be a time that comes: no year has such a day';
  return sameTimes(earlier, later) ? undefined : AMBIGUOUS[/\d\/\d+$/.test(expression) ? 'step' : 'days'];
}

/** The longest time between two backups of a schedule that is none of the mistakes, in seconds. */
export const longestGap = (expression: string): number => longestGapOf(expression, DIALECTS['go-cron']);
