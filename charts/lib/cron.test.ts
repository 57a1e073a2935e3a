import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { veleroSettings } from '../components/velero/settings.ts';
import { DIALECTS, fires, type Firing, longestGapSeconds, readCron } from './cron.ts';

// What the parsers themselves make of each expression, with their versions.
const { start, pause, expressions } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cron.readings.json'), 'utf8'),
) as { start: string; pause: number; expressions: Record<string, string> };

const MINUTE = 60_000;
const FIRINGS = 8;
/** Both parsers give up after five years, such as for the 31st of December if it must be a Saturday. */
const SEARCHED_YEARS = 5;

/** The readings of robfig/cron and go-cron. */
function readingsOf(text: string): readonly [string, string] {
  const [earlier = '', later = earlier] = text.split(' / ');
  return [earlier, later];
}

/** Words of go-cron for what only a program starts: no schedule. */
const TRIGGERED = /^@(triggered|manual|none)$/;

const rows = Object.entries(expressions).map(([expression, text]) => [expression, ...readingsOf(text)] as const);
/** The table has their times in UTC, which the reading leaves to the controller. */
const inUtc = rows.filter(([expression]) => !/TZ=(?!UTC )/.test(expression));

/** In the words of the table. */
function reading(firing: Firing | string): string {
  if (typeof firing === 'string') return 'refused';
  if (!fires(firing)) return 'never';
  const times: number[] = [];
  let after = Date.parse(start);
  while (times.length < FIRINGS) {
    const next = nextOf(firing, after);
    if (next === undefined) return times.length === 0 ? 'never' : times.join(' ');
    times.push((next - Date.parse(start)) / 1000);
    after = next + pause * 1000;
  }
  return times.join(' ');
}

function nextOf(firing: Firing, after: number): number | undefined {
  if ('delaySeconds' in firing) return after + firing.delaySeconds * 1000;
  let time = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const lastYear = new Date(time).getUTCFullYear() + SEARCHED_YEARS;
  for (;;) {
    const date = new Date(time);
    if (date.getUTCFullYear() > lastYear) return undefined;
    const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    if (!firing.on(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) time = midnight + 24 * 60 * MINUTE;
    else if (firing.hours.has(date.getUTCHours()) && firing.minutes.has(date.getUTCMinutes())) return time;
    else time += MINUTE;
  }
}

describe('a cron expression', () => {
  it('is compared with several hundred that the parsers have read', () => {
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.filter(([, earlier]) => earlier === 'refused').length).toBeGreaterThan(100);
  });

  it.each(inUtc)('%j fires as in robfig/cron', (expression, earlier) => {
    expect(reading(readCron(expression, DIALECTS['robfig/cron']))).toBe(earlier);
  });

  it.each(inUtc)('%j fires as in go-cron', (expression, _, later) => {
    expect(reading(readCron(expression, DIALECTS['go-cron']))).toBe(TRIGGERED.test(expression) ? 'refused' : later);
  });
});

describe('the longest time between two firings', () => {
  const HOUR = 3600;
  const DAY = 24 * HOUR;
  it.each([
    ['0 2 * * *', DAY],
    ['@every 12h', 12 * HOUR],
    ['*/15 * * * *', HOUR / 4],
    ['0 6,22 * * *', 16 * HOUR],
    ['30 9-17 * * mon-fri', 2 * DAY + 16 * HOUR],
    ['@weekly', 7 * DAY],
    ['@monthly', 31 * DAY],
    ['0 0 29 2 *', 4 * 365 * DAY + DAY],
    ['CRON_TZ=Europe/Berlin 0 1 1 * *', 31 * DAY],
  ])('of %s', (expression, seconds) => {
    expect(longestGapSeconds(readCron(expression, DIALECTS['go-cron']) as Firing)).toBe(seconds);
  });
});

describe('the schedule of backups', () => {
  /** More often than once a minute. */
  const TOO_OFTEN = /^@every (0|0s|1s|59s|1500ms|500ms|-1h)$/;

  it.each(rows)('%j is accepted exactly if both parsers fire at the same times', (expression, earlier, later) => {
    const accepted = earlier === later && !['refused', 'never'].includes(earlier);
    expect(veleroSettings.safeParse({ schedule: expression }).success).toBe(accepted && !TOO_OFTEN.test(expression));
  });
});
