import { defineCluster } from '../../../../charts/cluster-file.ts';

/** Several replicas of everything, autoscalers, a second replica set, a managed database. */
export default defineCluster({
  cloud: 'eks',
  domain: 'eks.example.net',

  certManager: { acmeEmail: 'ops@example.net', replicaCount: 2, cainjector: { replicaCount: 2 } },
  externalSecrets: { replicas: 2 },
  gateway: { replicas: { min: 3, max: 9 } },
  externalDns: {},
  metricsServer: { replicas: 2 },
  velero: { schedule: '0 7 * * *', retentionDays: 30 },

  secrets: ['alerts', 'ledger-hook', 'postfacto-database'],
  prometheus: { replicas: 2, retention: '30d', size: '100Gi', memory: '4Gi' },
  alertmanager: {
    replicas: 3,
    receivers: {
      oncall: { pagerduty: { secret: 'alerts' } },
      team: { slack: { secret: 'alerts', channel: '#operations' } },
      ledger: { webhook: { secret: 'ledger-hook' } },
      deadman: { webhook: { url: 'https://deadman.example.com/slipway' } },
    },
    critical: 'oncall',
    warning: 'team',
    watchdog: 'deadman',
    teams: { ledger: { namespaces: ['ledger', 'reports'], warning: 'ledger' } },
  },
  grafana: {},
  nodeExporter: {},
  kubeStateMetrics: {},
  blackboxExporter: {},

  mongo: {
    mongo: { size: '100Gi', dumpSize: '100Gi', memory: '8Gi' },
    analytics: { size: '50Gi', dumpSize: '20Gi', memory: '2Gi' },
  },

  postfacto: { adminEmail: 'ops@example.net', database: 'managed' },
  services: {
    hello: {},
    ledger: { database: 'mongo', replicas: { min: 3, max: 12 } },
    reports: { database: 'analytics' },
  },
});
