/** Seconds of each unit: those of Go, and days, weeks and years as Prometheus counts them. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};
const DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|[smhdwy]))+$/;

/**
 * Seconds of a duration such as `90s`, `36h`, `10d`, `2w` or `1h30m`, in any order of units and with decimals; undefined
 * for what is none. A number needs a unit, apart from 0. Whoever reads fewer durations checks that first.
 */
export function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  const amounts = [...text.matchAll(/([\d.]+)([a-zµμ]+)/g)];
  const seconds = amounts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
  // Decimals are not exact in binary; whole nanoseconds are, and nobody counts less.
  return Math.round(seconds * 1e9) / 1e9;
}

/** Seconds of a duration as Go's `time.ParseDuration` reads it: with a sign, and without days and longer units. */
export function goSecondsOf(text: string): number | undefined {
  const [, sign = '', amounts = ''] = /^([+-]?)([^dwy]+)$/.exec(text) ?? [];
  const seconds = secondsOf(amounts);
  return seconds !== undefined && sign === '-' ? 0 - seconds : seconds;
}
