import { WORKLOAD_RECORDINGS } from '../../charts/components/kube-state-metrics/alerts.ts';
import { serviceObjective } from '../../charts/components/nest-service/objective.ts';
import { ALL_ALERTS } from '../../charts/rules/alerts.ts';
import type { Alert, Recording } from '../../charts/rules/rule.ts';

/** Every alert with its name; a name that two components have is there twice. */
export const NAMED_ALERTS = ALL_ALERTS.flatMap((alerts): [string, Alert][] => Object.entries(alerts));

/** What is recorded for alerts and dashboards. */
export const ALL_RECORDINGS: readonly Recording[] = [
  ...WORKLOAD_RECORDINGS,
  ...serviceObjective('items', { availability: 99.5, latency: { p: 0.99, below: '250ms' } }).flatMap(
    ({ recordings = [] }) => recordings,
  ),
];
