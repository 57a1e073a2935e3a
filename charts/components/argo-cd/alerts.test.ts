import { alertTable } from '../../../test/rules/alert-table.ts';
import { ARGO_CD_ALERTS } from './alerts.ts';

const CONTROLLER = 'job="argocd/argocd-application-controller",namespace="argocd"';
const REPO_SERVER = 'job="argocd/argocd-repo-server",namespace="argocd"';

const application = (sync: string, health: string, operation: string, values: string) => ({
  [`argocd_app_info{${CONTROLLER},exported_namespace="argocd",dest_namespace="shop",name="items",project="items",autosync_enabled="true",sync_status="${sync}",health_status="${health}",operation="${operation}"}`]:
    values,
});
const syncs = (phase: string, values: string) => ({
  ...application('OutOfSync', 'Healthy', '', '1x150'),
  [`argocd_app_sync_total{${CONTROLLER},exported_namespace="argocd",name="items",project="items",phase="${phase}",dry_run="false"}`]:
    values,
});
const fetches = (metric: string, values: string) => ({
  [`argocd_git_${metric}_fail_total{${REPO_SERVER},repo="https://example.com/slipway",revision="main"}`]: values,
});
const up = (target: string, values: string) => ({ [`up{${target}}`]: values });
const ITEMS = { namespace: 'shop', name: 'items' };

alertTable(ARGO_CD_ALERTS, {
  ApplicationOutOfSync: {
    fires: [
      { series: application('OutOfSync', 'Healthy', '', '1x90'), at: 70, labels: ITEMS },
      // Its state changes, but not to Synced.
      {
        series: {
          ...application('OutOfSync', 'Healthy', '', '1x40 _x60'),
          ...application('Unknown', 'Healthy', '', '_x41 1x60'),
        },
        at: 70,
        labels: ITEMS,
      },
    ],
    quiet: {
      series: {
        ...application('OutOfSync', 'Healthy', 'sync', '1x5 _x90'),
        ...application('Synced', 'Healthy', '', '_x6 1x90'),
      },
      at: 70,
    },
  },
  ApplicationUnhealthy: {
    fires: [
      { series: application('Synced', 'Degraded', '', '1x30'), at: 20, labels: ITEMS },
      { series: application('Synced', 'Missing', '', '1x30'), at: 20, labels: ITEMS },
    ],
    quiet: [
      { series: application('Synced', 'Progressing', '', '1x30'), at: 20 },
      { series: application('Synced', 'Healthy', '', '1x30'), at: 20 },
    ],
  },
  ApplicationSyncStuck: {
    fires: [
      { series: application('OutOfSync', 'Healthy', 'sync', '1x90'), at: 70, labels: ITEMS },
      { series: application('Synced', 'Progressing', '', '1x90'), at: 70, labels: ITEMS },
    ],
    quiet: {
      series: {
        ...application('OutOfSync', 'Healthy', 'sync', '1x20 _x70'),
        ...application('Synced', 'Healthy', '', '_x21 1x70'),
      },
      at: 70,
    },
  },
  ApplicationSyncFailed: {
    fires: [
      { series: { ...up(CONTROLLER, '1x150'), ...syncs('Failed', '_x90 1x60') }, at: 95, labels: ITEMS },
      { series: syncs('Error', '1x90 2x60'), at: 95, labels: ITEMS },
    ],
    quiet: [
      { series: syncs('Succeeded', '0+1x150'), at: 95 },
      { series: { ...up(CONTROLLER, '1x150'), ...syncs('Failed', '1x150') }, at: 95 },
      // Prometheus is new.
      { series: { ...up(CONTROLLER, '1x150'), ...syncs('Failed', '7x150') }, at: 30 },
    ],
  },
  GitFetchFails: {
    fires: [
      { series: fetches('fetch', '0+1x90'), at: 40, labels: { repo: 'https://example.com/slipway' } },
      { series: { ...fetches('fetch', '0x90'), ...fetches('lsremote', '0+1x90') }, at: 40 },
    ],
    quiet: { series: fetches('lsremote', '0x5 1x90'), at: 40 },
  },
  ArgoCdDown: {
    fires: [
      { series: up(CONTROLLER, '1x30'), at: 20 },
      { series: { ...up(REPO_SERVER, '1x30'), ...application('Synced', 'Healthy', '', '1x30') }, at: 20 },
    ],
    quiet: {
      series: {
        ...up(CONTROLLER, '0x5 1x30'),
        ...up(REPO_SERVER, '1x30'),
        ...application('Synced', 'Healthy', '', '1x30'),
      },
      at: 20,
    },
  },
});
