import { type Dialect, Mistake, type Values, valuesOf } from './cron-fields.ts';
import { goSecondsOf } from './duration.ts';

// Cron expressions as the controllers read them. Their parsers differ from each other and from every parser on npm;
// cron.readings.json has what the real ones make of several hundred expressions, and a test compares.

/** The parsers: robfig/cron of Kubernetes' CronJobs and of Velero up to 1.18.1, go-cron of Velero 1.18.3. */
export const DIALECTS = {
  'robfig/cron': { lastWeekday: 6, cyclic: false, either: true },
  'go-cron': { lastWeekday: 7, cyclic: true, either: false },
} as const satisfies Record<string, Dialect>;

/** When a schedule fires: at a time of certain days, in a time zone, or after a delay. */
export type Firing =
  | { readonly minutes: Values; readonly hours: Values; on(month: number, day: number, weekday: number): boolean }
  | { readonly delaySeconds: number };

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** When an expression fires, or what it must be if the parser refuses it. */
export function readCron(expression: string, dialect: Dialect): Firing | string {
  try {
    return firingOf(withoutZone(expression), dialect);
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
}

/** True if it fires at all: `0 0 31 2 *` is well-formed. */
export function fires(firing: Firing): boolean {
  return 'delaySeconds' in firing || (firing.minutes.size > 0 && firing.hours.size > 0 && datesOf(firing) !== '');
}

/** True if both fire at the same times. */
export function sameTimes(one: Firing, other: Firing): boolean {
  if ('delaySeconds' in one || 'delaySeconds' in other)
    return 'delaySeconds' in one && 'delaySeconds' in other && one.delaySeconds === other.delaySeconds;
  const same = (a: Values, b: Values): boolean => a.size === b.size && [...a].every((value) => b.has(value));
  return same(one.minutes, other.minutes) && same(one.hours, other.hours) && datesOf(one) === datesOf(other);
}

const DAY_SECONDS = 86_400;
/** The days of 28 years, after which dates fall on the same weekdays again, until 2100. */
const CALENDAR = { firstYear: 2001, days: 28 * 365 + 7 };

/** `longestGapSeconds` of an expression that has been checked. @throws Error if the parser refuses it */
export function longestGapOf(expression: string, dialect: Dialect): number {
  const firing = readCron(expression, dialect);
  if (typeof firing === 'string') throw new Error(`schedule "${expression}" ${firing}`);
  return longestGapSeconds(firing);
}

/** The longest time from one firing to the next, in seconds; clocks that are put forward or back are left out. */
export function longestGapSeconds(firing: Firing): number {
  if ('delaySeconds' in firing) return firing.delaySeconds;
  const times = [...firing.hours]
    .flatMap((hour) => [...firing.minutes].map((minute) => (hour * 60 + minute) * 60))
    .sort((a, b) => a - b);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const withinDay = times.map((time, i) => (i === 0 ? 0 : time - times[i - 1]!));
  return Math.max(...withinDay, longestGapDays(firing) * DAY_SECONDS - last + first);
}

/** The most days from one on which it fires to the next. */
function longestGapDays(firing: Exclude<Firing, { readonly delaySeconds: number }>): number {
  const start = Date.UTC(CALENDAR.firstYear, 0, 1);
  const days = Array.from({ length: CALENDAR.days }, (_, i) => i).filter((i) => {
    const date = new Date(start + i * DAY_SECONDS * 1000);
    return firing.on(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay());
  });
  return days.reduce((longest, day, i) => Math.max(longest, (days[i + 1] ?? days[0]! + CALENDAR.days) - day), 0);
}

/** Every month, day and weekday that it fires on. */
function datesOf(firing: Exclude<Firing, { readonly delaySeconds: number }>): string {
  const dates = MONTHS.flatMap((_, month) =>
    Array.from({ length: DAYS[month] ?? 0 }, (__, i) =>
      WEEKDAYS.flatMap((___, weekday) => (firing.on(month, i + 1, weekday) ? [`${month}/${i + 1}/${weekday}`] : [])),
    ).flat(),
  );
  return dates.join(' ');
}

function withoutZone(expression: string): string {
  if (expression.length > 1024) throw new Mistake('must be at most 1024 characters');
  const [, zone, rest] = /^(?:CRON_)?TZ=([^ ]*)(.*)$/s.exec(expression) ?? [];
  if (zone === undefined || rest === undefined) return expression;
  if (!isZone(zone)) throw new Mistake(`must have a time zone such as CRON_TZ=Europe/Berlin, not ${zone || 'none'}`);
  return rest.trim();
}

/** True for a time zone. Node ignores the case of their names, which for the controllers are names of files. */
export function isZone(name: string): boolean {
  const words = name.split(/[/_-]/);
  if (words.some((word) => /^[A-Z]{5,}$/.test(word)) || !/^[A-Z]/.test(name) || /\/[a-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function firingOf(expression: string, dialect: Dialect): Firing {
  if (expression.startsWith('@every ')) return { delaySeconds: delayOf(expression.slice('@every '.length), dialect) };
  const text = expression.startsWith('@') ? MACROS[expression] : expression;
  if (text === undefined) throw new Mistake(`must be one of ${Object.keys(MACROS).join(', ')} or @every 12h`);
  const fields = text.split(/\s+/).filter((field) => field !== '');
  const [minute, hour, day, month, weekday] = fields;
  if (!minute || !hour || !day || !month || !weekday || fields.length > 5)
    throw new Mistake('must have five fields, minute, hour, day of the month, month and day of the week: 0 2 * * *');
  const minutes = valuesOf(minute, { of: 'minute', min: 0, max: 59 }, dialect);
  const hours = valuesOf(hour, { of: 'hour', min: 0, max: 23 }, dialect);
  const days = valuesOf(day, { of: 'day of the month', min: 1, max: 31 }, dialect);
  const months = valuesOf(month, { of: 'month', min: 1, max: 12, names: MONTHS }, dialect);
  const { lastWeekday: max } = dialect;
  const weekdays = valuesOf(weekday, { of: 'day of the week', min: 0, max, names: WEEKDAYS }, dialect);
  const either = dialect.either && !days.any && !weekdays.any;
  return {
    minutes: minutes.values,
    hours: hours.values,
    on: (m, d, w) => {
      const [onDay, onWeekday] = [days.values.has(d), weekdays.values.has(w) || (w === 0 && weekdays.values.has(7))];
      return months.values.has(m) && (either ? onDay || onWeekday : onDay && onWeekday);
    },
  };
}

/** A delay in whole seconds; Go counts nanoseconds in 64 bits. */
function delayOf(duration: string, { cyclic }: Dialect): number {
  const seconds = goSecondsOf(duration);
  if (seconds === undefined || Math.abs(seconds) > 2 ** 63 / 1e9)
    throw new Mistake('must be @every and a duration, such as @every 12h');
  if (seconds < 1 && cyclic) throw new Mistake('must be @every second at most');
  return Math.max(Math.floor(seconds), 1);
}
