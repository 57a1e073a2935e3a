import { alertTable } from '../../../test/rules/alert-table.ts';
import { ALERTMANAGER_ALERTS } from './alerts.ts';

const target = (pod: string) =>
  `job="alertmanager/alertmanager",namespace="alertmanager",container="alertmanager",pod="${pod}"`;
const PODS = ['alertmanager-main-0', 'alertmanager-main-1'];

const each = (metric: string, values: string, more = '') =>
  Object.fromEntries(PODS.map((pod) => [`${metric}{${target(pod)}${more}}`, values]));
const notifications = (all: string, failed: string) => ({
  ...each('alertmanager_notifications_total', all, ',integration="slack"'),
  ...each('alertmanager_notifications_failed_total', failed, ',integration="slack",reason="serverError"'),
});
const reloaded = (values: string) => ({
  [`alertmanager_config_last_reload_successful{${target('alertmanager-main-0')}}`]: values,
});

alertTable(ALERTMANAGER_ALERTS, {
  AlertmanagerConfigNotLoaded: {
    fires: { series: reloaded('0x30'), at: 15, labels: { pod: 'alertmanager-main-0' } },
    quiet: { series: reloaded('0x5 1x30'), at: 15 },
  },
  NotificationsFail: {
    fires: { series: notifications('0+10x60', '0+1x60'), at: 30, labels: { integration: 'slack' } },
    quiet: { series: notifications('0+100x60', '0+1x60'), at: 30 },
  },
  AlertmanagerClusterIncomplete: {
    fires: { series: { ...each('up', '1x30'), ...each('alertmanager_cluster_members', '1x30') }, at: 20 },
    quiet: { series: { ...each('up', '1x30'), ...each('alertmanager_cluster_members', '1x5 2x30') }, at: 20 },
  },
  AlertmanagerDown: {
    fires: { series: each('up', '0x30'), at: 10 },
    quiet: { series: { ...each('up', '0x30'), [`up{${target('alertmanager-main-1')}}`]: '1x30' }, at: 10 },
  },
});
