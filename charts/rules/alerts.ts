import { z } from 'zod';
import { ALERTMANAGER_ALERTS } from '../components/alertmanager/alerts.ts';
import { ARGO_CD_ALERTS } from '../components/argo-cd/alerts.ts';
import { BLACKBOX_EXPORTER_ALERTS } from '../components/blackbox-exporter/alerts.ts';
import { CERT_MANAGER_ALERTS } from '../components/cert-manager/alerts.ts';
import { externalDnsAlerts } from '../components/external-dns/alerts.ts';
import { EXTERNAL_SECRETS_ALERTS } from '../components/external-secrets/alerts.ts';
import { gatewayAlerts } from '../components/gateway/alerts.ts';
import { WORKLOAD_ALERTS } from '../components/kube-state-metrics/alerts.ts';
import { METRICS_SERVER_ALERTS } from '../components/metrics-server/alerts.ts';
import { mongoAlerts } from '../components/mongo/alerts.ts';
import { serviceAlerts } from '../components/nest-service/alerts.ts';
import { NODE_ALERTS } from '../components/node-exporter/alerts.ts';
import { objectStoreAlerts } from '../components/object-store/alerts.ts';
import { postfactoAlerts } from '../components/postfacto/alerts.ts';
import { PROMETHEUS_ALERTS } from '../components/prometheus/alerts.ts';
import { CLUSTER_ALERTS } from '../components/prometheus/cluster-alerts.ts';
import { PROMETHEUS_OPERATOR_ALERTS } from '../components/prometheus-operator/alerts.ts';
import { RELOADER_ALERTS } from '../components/reloader/alerts.ts';
import { restoreDrillAlerts } from '../components/restore-drill/alerts.ts';
import { veleroAlerts } from '../components/velero/alerts.ts';
import { alertChange } from './changes.ts';
import { OBJECTIVE_ALERTS } from './objective.ts';

/** The alerts of all components, as some instance has them: for their names, by which a cluster file changes them. */
export const ALL_ALERTS = [
  ALERTMANAGER_ALERTS,
  ARGO_CD_ALERTS,
  BLACKBOX_EXPORTER_ALERTS,
  CERT_MANAGER_ALERTS,
  CLUSTER_ALERTS,
  EXTERNAL_SECRETS_ALERTS,
  METRICS_SERVER_ALERTS,
  NODE_ALERTS,
  OBJECTIVE_ALERTS,
  PROMETHEUS_ALERTS,
  PROMETHEUS_OPERATOR_ALERTS,
  RELOADER_ALERTS,
  WORKLOAD_ALERTS,
  externalDnsAlerts({ interval: '1m' }),
  gatewayAlerts(['service']),
  mongoAlerts('mongo'),
  objectStoreAlerts('object-store'),
  postfactoAlerts('postfacto'),
  restoreDrillAlerts(7 * 86_400),
  serviceAlerts('service'),
  veleroAlerts({ schedule: 'volumes', everySeconds: 86_400 }),
] as const;

type NameOf<Own> = Own extends unknown ? keyof Own : never;

/** Name of an alert. */
export type AlertName = NameOf<(typeof ALL_ALERTS)[number]>;

const optionalChange = alertChange.optional();
const changes = Object.fromEntries(ALL_ALERTS.flatMap(Object.keys).map((name) => [name, optionalChange]));

/** Section `alerts`: changes by the name of the alert. */
export const alertsSettings = z.strictObject(changes as Record<AlertName, typeof optionalChange>);
