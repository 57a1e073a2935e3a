import { Fault } from '../fault.ts';
import { type Alert, defineAlerts, type Duration, type Recording, type RuleGroup, secondsOfRule } from './rule.ts';

/** How well a service has to answer, over thirty days. */
export interface Objective {
  /** Of the component that answers: lower-case words with hyphens. */
  readonly service: string;
  /** Percentage of requests that do not fail: 99.9. */
  readonly availability: number;
  /** The share `p` of requests that are answered below a time. */
  readonly latency?: { readonly p: number; readonly below: Duration };
  readonly requests: Requests;
}

/** Metrics of requests: a histogram of their durations in seconds. */
export interface Requests {
  /** Name of the histogram, without `_bucket`. */
  readonly histogram: string;
  /** Label matchers of all its requests: `namespace="items"`. */
  readonly matchers: string;
  /** Label matchers of those that failed: `status=~"5.."`. */
  readonly failed: string;
  /** Upper bounds of its buckets, in seconds. */
  readonly buckets: readonly number[];
  /** Series that is there while requests are counted, even if there are none. @default the histogram's count */
  readonly source?: string;
}

/**
 * Pairs of windows in which the error budget of thirty days burns too fast (Google, The Site Reliability Workbook,
 * "Alerting on SLOs", table 5-8): the long one says that it matters, the short one that it still happens.
 */
const BURNS = [
  { severity: 'critical', long: '1h', short: '5m', factor: 14.4 },
  { severity: 'critical', long: '6h', short: '30m', factor: 6 },
  { severity: 'warning', long: '1d', short: '2h', factor: 3 },
  { severity: 'warning', long: '3d', short: '6h', factor: 1 },
] as const;

/** Every window that an alert reads, from the shortest. */
const WINDOWS: readonly Duration[] = [...new Set(BURNS.flatMap(({ long, short }) => [short, long]))].sort(
  (a, b) => secondsOfRule(a) - secondsOfRule(b),
);
/** The time that a budget is for. */
const PERIOD: Duration = '30d';
/** Fewer requests that break a promise within an hour wake nobody: at night one of ten would be a tenth of them all. */
const WAKING = 10;

/** What an objective promises: that requests succeed, or that they are fast. */
interface Promised {
  readonly slo: string;
  /** Share of requests that may break it. */
  readonly budget: number;
  /** PromQL of the requests that do, in a window: each second, or all. */
  readonly broken: (how: Count, window: Duration) => string;
}

type Count = 'rate' | 'increase';

/** Name of the recorded share of requests that break a promise, in a window. */
const recordOf = (window: Duration): string => `slo:requests_broken:ratio_rate${window}`;

/**
 * Rules of an objective: the shares of requests that break it, what is left of its error budget, and alerts while that
 * burns too fast or nothing is measured.
 *
 * @throws Fault if the objective cannot be measured or never be met
 */
export function objectiveRules(objective: Objective): RuleGroup[] {
  const promises = promisesOf(objective);
  return [
    { name: `slo-${objective.service}`, recordings: promises.flatMap((promise) => recordings(promise, objective)) },
  ];
}

/** The alerts of all objectives, which read what `objectiveRules` records. */
export const OBJECTIVE_ALERTS = defineAlerts('namespace', {
  ErrorBudgetBurnsFast: {
    ...burns('critical'),
    expr: `(${burns('critical').expr})\nand on (slo)\nslo:requests_broken:increase1h >= ${WAKING}`,
    for: '2m',
  },
  ErrorBudgetBurns: { ...burns('warning'), mutedBy: { ErrorBudgetBurnsFast: ['slo'] } },
  ObjectiveNotMeasured: {
    expr: 'slo:budget unless on (slo) slo:sources:count',
    for: '10m',
    severity: 'critical',
    summary: 'nothing is known of {{ $labels.slo }}: no pod reports its requests',
    impact: 'all its pods are down, or nobody is told if requests fail',
    runbook: 'error-budget-burns',
  },
});

/** The alert on budgets that burn so fast that it has a severity. */
function burns(severity: 'critical' | 'warning'): Alert {
  return {
    expr: BURNS.filter((burn) => burn.severity === severity)
      .map(({ long, short, factor }) => burning(long, short, factor))
      .join('\nor\n'),
    for: '15m',
    severity,
    summary: '{{ $labels.slo }} breaks its objective {{ $value | humanize }} times as often as it may',
    impact: 'requests fail, or are slow; at this rate the error budget of thirty days is spent early',
    runbook: 'error-budget-burns',
  };
}

/** PromQL: how many times faster than evenly the budget burns in both windows, where that is too fast. */
function burning(long: Duration, short: Duration, factor: number): string {
  const rate = (window: Duration): string => `${recordOf(window)} / on (slo) group_left () slo:budget`;
  return `(${rate(long)} > ${factor} and ${rate(short)} > ${factor})`;
}

function recordings({ slo, budget, broken }: Promised, { service, requests }: Objective): Recording[] {
  // Alerts are routed by the namespace, which has the component's name.
  const labels = { slo, namespace: service };
  const all = `${requests.histogram}_count{${requests.matchers}}`;
  // Where there are no requests there is no share: it would be no number, and so would each average with it.
  const share = (window: Duration): string => `(${broken('rate', window)}) / (sum(rate(${all}[${window}])) > 0)`;
  return [
    { record: 'slo:budget', expr: `vector(${budget})`, labels },
    { record: 'slo:sources:count', expr: `count(${requests.source ?? all})`, labels },
    ...WINDOWS.map((window) => ({ record: recordOf(window), expr: share(window), labels })),
    { record: 'slo:requests_broken:increase1h', expr: broken('increase', '1h'), labels },
    // From what is recorded: a rate over all of it would be computed anew every time.
    {
      record: 'slo:budget_left:ratio',
      expr: `1 - avg_over_time(${recordOf(WINDOWS[0]!)}{slo="${slo}"}[${PERIOD}]) / ${budget}`,
      labels,
    },
  ];
}

function promisesOf(objective: Objective): Promised[] {
  const { service, availability, latency, requests } = objective;
  const { histogram, matchers, failed } = requests;
  const sum = (how: Count, metric: string, labels: string, window: Duration): string =>
    `sum(${how}(${metric}{${labels}}[${window}]))`;
  const fast = latency && `${matchers}, ${bucketOf(objective, latency.below)}`;
  return [
    {
      slo: `${service}-availability`,
      budget: budgetOf(objective, 'availability', availability / 100),
      // Without failures there is no series of them.
      broken: (how, window) => `${sum(how, `${histogram}_count`, `${matchers}, ${failed}`, window)} or vector(0)`,
    },
    ...(latency === undefined || fast === undefined
      ? []
      : [
          {
            slo: `${service}-latency`,
            budget: budgetOf(objective, 'latency', latency.p),
            broken: (how: Count, window: Duration) =>
              `${sum(how, `${histogram}_count`, matchers, window)} - ${sum(how, `${histogram}_bucket`, fast, window)}`,
          },
        ]),
  ];
}

/** The share that may break a promise, rounded to what is written. */
function budgetOf({ service }: Objective, promise: string, kept: number): number {
  if (kept > 0 && kept < 1) return Number((1 - kept).toPrecision(6));
  throw new Fault({
    what: `the objective of ${service} for its ${promise} leaves no error budget, or nothing else`,
    where: `slo of ${service}`,
    seen: String(kept),
    fix:
      promise === 'latency'
        ? 'write a share between 0 and 1, such as 0.99'
        : 'write a percentage below 100, such as 99.9',
  });
}

/** The matcher of a bucket: client libraries write a bound of a whole second as 1, Prometheus 3 stores it as 1.0. */
function bucketOf({ service, requests }: Objective, below: Duration): string {
  const seconds = secondsOfRule(below);
  if (requests.buckets.includes(seconds))
    return Number.isInteger(seconds) ? `le=~"${seconds}(.0)?"` : `le="${seconds}"`;
  throw new Fault({
    what: `the objective of ${service} asks for a time that its histogram cannot tell`,
    where: `slo of ${service}`,
    seen: below,
    fix: `one of the bounds of ${requests.histogram}, in seconds: ${requests.buckets.join(', ')}`,
  });
}
