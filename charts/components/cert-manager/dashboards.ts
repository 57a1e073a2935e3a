import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, table, timeSeries } from '../../dashboards/panels.ts';

/** By Certificate: its namespace is in a label of the target too, which comes first where both have it. */
const BY = 'exported_namespace, name';
const DAY = 86_400;

/** Certificates: until when they are valid, and what keeps them from being renewed. */
export function certManager(): DashboardBuilder {
  return dashboard({
    name: 'cert-manager',
    description: 'Until when certificates are valid, and what keeps them from being renewed.',
    related: ['gateway', 'workload'],
    alerts: 'namespace="cert-manager"',
    rows: [
      {
        title: 'Certificates',
        panels: [
          stat({
            title: 'Not ready',
            query: 'count(certmanager_certificate_ready_status{condition="True"} == 0) or vector(0)',
            limits: { critical: 1 },
            width: 6,
          }),
          stat({
            title: 'First expires in',
            unit: 'seconds',
            query: 'min(certmanager_certificate_expiration_timestamp_seconds > 0) - time()',
            limits: { warning: 14 * DAY, critical: 3 * DAY, below: true },
            width: 6,
          }),
          stat({
            title: 'Renewals that are late',
            description: 'By more than a day.',
            query: `count(time() - (certmanager_certificate_renewal_timestamp_seconds > 0) > ${DAY}) or vector(0)`,
            limits: { critical: 1 },
            width: 6,
          }),
          stat({
            title: 'Issuers not ready',
            query: 'count(certmanager_clusterissuer_ready_status{condition="True"} == 0) or vector(0)',
            limits: { critical: 1 },
            width: 6,
          }),
          table({
            title: 'Certificates',
            labels: { exported_namespace: 'Namespace', name: 'Certificate' },
            values: [
              {
                name: 'Ready',
                query: `max by (${BY}) (certmanager_certificate_ready_status{condition="True"})`,
                limits: { critical: 1, below: true },
              },
              {
                name: 'Is renewed',
                unit: 'time',
                query: `1000 * max by (${BY}) (certmanager_certificate_renewal_timestamp_seconds > 0)`,
              },
              {
                name: 'Expires',
                unit: 'time',
                query: `1000 * max by (${BY}) (certmanager_certificate_expiration_timestamp_seconds > 0)`,
              },
            ],
            height: 10,
          }),
        ],
      },
      {
        title: 'Controller',
        panels: [
          timeSeries({
            title: 'Requests to the certificate authority',
            description: 'By status; 429 means that its limit is reached.',
            unit: 'requests/s',
            queries: {
              '{{host}} {{status}}':
                'sum by (host, status) (rate(certmanager_http_acme_client_request_count[$__rate_interval]))',
            },
          }),
          timeSeries({
            title: 'Failed reconciliations',
            unit: 'operations/s',
            queries: {
              '{{controller}}':
                'sum by (controller) (rate(certmanager_controller_sync_error_count[$__rate_interval])) > 0',
            },
          }),
          timeSeries({
            title: 'Reconciliations',
            unit: 'operations/s',
            queries: {
              '{{controller}}':
                'sum by (controller) (rate(certmanager_controller_sync_call_count[$__rate_interval])) > 0',
            },
            width: 24,
          }),
        ],
      },
    ],
  });
}
