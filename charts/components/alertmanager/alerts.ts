import { defineAlerts } from '../../rules/rule.ts';
import { noneUp } from '../../rules/target.ts';

const ALERTMANAGER = 'namespace="alertmanager", container="alertmanager"';

const rate = (metric: string): string => `sum by (integration) (rate(${metric}{${ALERTMANAGER}}[15m]))`;

export const ALERTMANAGER_ALERTS = defineAlerts('component', {
  AlertmanagerConfigNotLoaded: {
    expr: `min by (pod) (alertmanager_config_last_reload_successful{${ALERTMANAGER}}) == 0`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.pod }} could not load its configuration',
    impact: 'changed routes and receivers have no effect, and after a restart it does not start',
    runbook: 'monitoring',
  },
  NotificationsFail: {
    expr: `${rate('alertmanager_notifications_failed_total')} / ${rate('alertmanager_notifications_total')} > 0.05`,
    for: '10m',
    severity: 'critical',
    summary: '{{ $value | humanizePercentage }} of the notifications by {{ $labels.integration }} fail',
    impact: 'those who are told by it do not hear of alerts',
    runbook: 'monitoring',
  },
  AlertmanagerClusterIncomplete: {
    expr: `min(alertmanager_cluster_members{${ALERTMANAGER}}) < count(up{${ALERTMANAGER}})`,
    for: '15m',
    severity: 'warning',
    summary: 'a pod of Alertmanager sees {{ $value }} members of the cluster, itself included',
    impact: 'notifications are sent several times, and silences are not known everywhere',
    runbook: 'monitoring',
  },
  AlertmanagerDown: {
    // Nobody is told of it by Alertmanager, but by whoever misses the Watchdog; Prometheus shows why.
    expr: noneUp(ALERTMANAGER),
    for: '5m',
    severity: 'critical',
    summary: 'no pod of Alertmanager is running',
    impact: 'nobody is told of any alert',
    runbook: 'monitoring',
  },
});
