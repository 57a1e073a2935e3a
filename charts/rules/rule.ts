import { Fault } from '../fault.ts';
import { secondsOf } from '../lib/duration.ts';

/** How urgent alerts are. `critical` wakes somebody; `warning` is for the next working day; `info` is only shown. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A duration in Prometheus' notation: `5m`, `1h30m`. */
export type Duration = string;

/**
 * Whose an alert is, which is the team of its label `namespace`: of what the result's own label says, such as the pod or
 * the host that it is about; of the component itself, all of which it is about; or of the cluster, since nodes and the API
 * server are in no namespace.
 */
export type About = 'namespace' | 'component' | 'cluster';

/** A condition that people are told of. */
export interface Alert {
  /** PromQL: it holds while the result is not empty. */
  readonly expr: string;
  /** How long it must hold before anybody is told. @default at once */
  readonly for?: Duration;
  readonly severity: Severity;
  /** What is wrong, in one line; `{{ $labels.pod }}` and `{{ $value }}` stand for a label and the value. */
  readonly summary: string;
  /** What users notice of it, now or if nobody acts. */
  readonly impact: string;
  /** What to do: the name of a page in `docs/runbooks`, without `.md`. */
  readonly runbook: string;
  /** @default as `defineAlerts` says of all of them */
  readonly about?: About;
  /** Alerts that tell of it already: while one fires that has the same values of these labels, nobody is told of this one. */
  readonly mutedBy?: Readonly<Record<string, readonly string[]>>;
}

/** Alerts by their names, which are unique in a cluster. */
export type Alerts = Readonly<Record<string, Alert>>;

/**
 * Declares alerts and keeps their names as a type, so that a cluster file can only change one that exists.
 *
 * @param about what those are about that do not say it themselves
 */
export function defineAlerts<const T extends Alerts>(about: About, alerts: T): { readonly [Name in keyof T]: Alert } {
  const entries = Object.entries(alerts).map(([name, alert]) => [name, { about, ...alert }]);
  return Object.fromEntries(entries) as { [Name in keyof T]: Alert };
}

/** A series that Prometheus computes in advance. */
export interface Recording {
  /** `level:metric:operations`, as Prometheus' naming convention has it. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, at the same moment. */
export interface RuleGroup {
  readonly name: string;
  readonly recordings?: readonly Recording[];
  readonly alerts?: Alerts;
}

/** Stricter than the units alone: each once, from the largest to the smallest, in whole numbers. */
const DURATION = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;

/** Seconds of a duration of a rule (prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations). */
export function secondsOfRule(duration: Duration): number {
  const seconds = DURATION.test(duration) ? secondsOf(duration) : undefined;
  if (seconds === undefined)
    throw new Fault({
      what: 'a duration is not one that Prometheus reads',
      where: 'a rule',
      seen: duration,
      fix: 'write it as 30s, 5m, 1h30m or 7d, from the largest unit to the smallest',
    });
  return seconds;
}
