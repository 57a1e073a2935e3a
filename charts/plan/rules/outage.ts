import { BUDGETS } from './outage/budgets.ts';
import { CAPACITY } from './outage/capacity.ts';
import { LIMITS } from './outage/limits.ts';
import { MONGO_TLS } from './outage/mongo-tls.ts';
import { MONITORS } from './outage/monitors.ts';
import { PROBE_RULES } from './outage/probes.ts';
import { REFERENCES } from './outage/references.ts';
import { REPLICAS } from './outage/replicas.ts';
import { ROLLOUTS } from './outage/rollout.ts';
import { GATEWAYS } from './outage/routes.ts';
import { SERVICES } from './outage/services.ts';
import { TRAFFIC } from './outage/traffic.ts';
import { WEBHOOK_RULES } from './outage/webhooks.ts';

/** What makes something unavailable, at once or at the next drain. */
export const OUTAGE = [
  ...REPLICAS,
  ...ROLLOUTS,
  ...BUDGETS,
  ...PROBE_RULES,
  ...SERVICES,
  ...MONITORS,
  ...REFERENCES,
  ...GATEWAYS,
  ...TRAFFIC,
  ...WEBHOOK_RULES,
  ...CAPACITY,
  ...LIMITS,
  ...MONGO_TLS,
];
