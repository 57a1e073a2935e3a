import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

const APPS = 'argocd_app_info';

/** Argo CD: what is not as Git says, syncs, and the repositories. */
export function argoCd(): DashboardBuilder {
  return dashboard({
    name: 'argo-cd',
    description: 'Applications that are not as Git says, their syncs, and the repositories they come from.',
    related: ['fleet', 'workload'],
    alerts: 'namespace="argocd"',
    rows: [
      {
        title: 'Applications',
        panels: [
          stat({ title: 'Applications', query: `count(${APPS})`, width: 6 }),
          stat({
            title: 'Not synced',
            query: `count(${APPS}{sync_status!="Synced"}) or vector(0)`,
            limits: { warning: 1, critical: 5 },
            width: 6,
          }),
          stat({
            title: 'Not healthy',
            query: `count(${APPS}{health_status!~"Healthy|Progressing"}) or vector(0)`,
            limits: { critical: 1 },
            width: 6,
          }),
          stat({
            title: 'Paused',
            description: 'Without automated sync: people have set it aside, for a rollback perhaps.',
            query: `count(${APPS}{autosync_enabled="false"}) or vector(0)`,
            limits: { warning: 1 },
            width: 6,
          }),
          table({
            title: 'Not as Git says, or not healthy',
            labels: { name: 'Application', project: 'Project', sync_status: 'Sync', health_status: 'Health' },
            values: [
              {
                name: 'Count',
                query: `count by (name, project, sync_status, health_status) (${APPS}{sync_status!="Synced"} or ${APPS}{health_status!="Healthy"})`,
              },
            ],
          }),
        ],
      },
      {
        title: 'Work',
        panels: [
          timeSeries({
            title: 'Syncs in ten minutes',
            queries: { '{{phase}}': 'sum by (phase) (increase(argocd_app_sync_total[10m]))' },
          }),
          timeSeries({
            title: 'Failed syncs in an hour',
            queries: {
              '{{name}}': 'sum by (name) (increase(argocd_app_sync_total{phase=~"Error|Failed"}[1h])) > 0',
            },
          }),
          timeSeries({
            title: 'Reconciliation, 95th percentile',
            description: 'Time to compare an Application with the cluster.',
            unit: 'seconds',
            queries: {
              duration: 'histogram_quantile(0.95, sum by (le) (rate(argocd_app_reconcile_bucket[$__rate_interval])))',
            },
          }),
          timeSeries({
            title: 'Requests to the API server',
            unit: 'requests/s',
            queries: {
              '{{verb}} {{response_code}}':
                'sum by (verb, response_code) (rate(argocd_app_k8s_request_total[$__rate_interval]))',
            },
          }),
        ],
      },
      {
        title: 'Repositories',
        panels: [
          timeSeries({
            title: 'Git requests',
            unit: 'requests/s',
            queries: {
              '{{repo}} {{request_type}}':
                'sum by (repo, request_type) (rate(argocd_git_request_total[$__rate_interval]))',
            },
          }),
          timeSeries({
            title: 'Git requests, 95th percentile',
            unit: 'seconds',
            queries: {
              '{{request_type}}':
                'histogram_quantile(0.95, sum by (request_type, le) (rate(argocd_git_request_duration_seconds_bucket[$__rate_interval])))',
            },
          }),
          timeSeries({
            title: 'Failed fetches in an hour',
            description: 'A repository that cannot be read: no push arrives.',
            queries: { '{{repo}}': 'sum by (repo) (increase(argocd_git_fetch_fail_total[1h])) > 0' },
            limits: { critical: 1 },
          }),
          timeSeries({
            title: 'Requests that wait for a repository',
            queries: { '{{repo}}': 'sum by (repo) (argocd_repo_pending_request_total)' },
          }),
        ],
      },
    ],
  });
}
