import { WORKLOAD_ALERTS, WORKLOAD_RECORDINGS } from '../../charts/components/kube-state-metrics/alerts.ts';
import { mongoAlerts } from '../../charts/components/mongo/alerts.ts';
import { serviceAlerts } from '../../charts/components/nest-service/alerts.ts';
import { serviceObjective } from '../../charts/components/nest-service/objective.ts';
import { NODE_ALERTS } from '../../charts/components/node-exporter/alerts.ts';
import { objectStoreAlerts } from '../../charts/components/object-store/alerts.ts';
import { postfactoAlerts } from '../../charts/components/postfacto/alerts.ts';
import { CLUSTER_ALERTS } from '../../charts/components/prometheus/cluster-alerts.ts';
import { OBJECTIVE_ALERTS } from '../../charts/rules/objective.ts';
import type { Recording, RuleGroup } from '../../charts/rules/rule.ts';
import { PLATFORM_ALERTS } from './platform-alerts.ts';

const GROUPS: readonly RuleGroup[] = [
  ...Object.entries(PLATFORM_ALERTS).map(([name, alerts]) => ({ name, alerts })),
  { name: 'nodes', alerts: NODE_ALERTS },
  { name: 'workloads', alerts: WORKLOAD_ALERTS, recordings: WORKLOAD_RECORDINGS },
  { name: 'cluster', alerts: CLUSTER_ALERTS },
  { name: 'mongo', alerts: mongoAlerts('mongo') },
  { name: 'postfacto', alerts: postfactoAlerts('postfacto') },
  { name: 'object-store', alerts: objectStoreAlerts('object-store') },
  { name: 'items', alerts: serviceAlerts('items') },
  { name: 'slo', alerts: OBJECTIVE_ALERTS },
  ...serviceObjective('items', { availability: 99.5, latency: { p: 0.99, below: '250ms' } }),
];

/** Alerts of every component, by name. */
export const ALL_ALERTS = GROUPS.flatMap(({ alerts = {} }) => Object.entries(alerts));

/** What is recorded for them. */
export const ALL_RECORDINGS: readonly Recording[] = GROUPS.flatMap(({ recordings = [] }) => recordings);
