import { ALERTMANAGER_ALERTS } from '../../charts/components/alertmanager/alerts.ts';
import { ARGO_CD_ALERTS } from '../../charts/components/argo-cd/alerts.ts';
import { BLACKBOX_EXPORTER_ALERTS } from '../../charts/components/blackbox-exporter/alerts.ts';
import { CERT_MANAGER_ALERTS } from '../../charts/components/cert-manager/alerts.ts';
import { externalDnsAlerts } from '../../charts/components/external-dns/alerts.ts';
import { EXTERNAL_SECRETS_ALERTS } from '../../charts/components/external-secrets/alerts.ts';
import { GATEWAY_ALERTS } from '../../charts/components/gateway/alerts.ts';
import { METRICS_SERVER_ALERTS } from '../../charts/components/metrics-server/alerts.ts';
import { PROMETHEUS_ALERTS } from '../../charts/components/prometheus/alerts.ts';
import { PROMETHEUS_OPERATOR_ALERTS } from '../../charts/components/prometheus-operator/alerts.ts';
import { RELOADER_ALERTS } from '../../charts/components/reloader/alerts.ts';
import { veleroAlerts } from '../../charts/components/velero/alerts.ts';
import type { Alerts } from '../../charts/rules/rule.ts';

/** Alerts of the platform and of monitoring, by component. */
export const PLATFORM_ALERTS: Readonly<Record<string, Alerts>> = {
  alertmanager: ALERTMANAGER_ALERTS,
  'argo-cd': ARGO_CD_ALERTS,
  'blackbox-exporter': BLACKBOX_EXPORTER_ALERTS,
  'cert-manager': CERT_MANAGER_ALERTS,
  'external-dns': externalDnsAlerts({ interval: '1m' }),
  'external-secrets': EXTERNAL_SECRETS_ALERTS,
  gateway: GATEWAY_ALERTS,
  'metrics-server': METRICS_SERVER_ALERTS,
  prometheus: PROMETHEUS_ALERTS,
  'prometheus-operator': PROMETHEUS_OPERATOR_ALERTS,
  reloader: RELOADER_ALERTS,
  velero: veleroAlerts({ schedule: 'volumes', everySeconds: 86_400 }),
};
