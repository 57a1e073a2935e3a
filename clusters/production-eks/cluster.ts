import { defineCluster } from '../../charts/cluster-file.ts';

/** Production in North America, on AWS. */
export default defineCluster({
  cloud: 'eks',
  domain: 'us.example.com',

  certManager: { acmeEmail: 'ops@example.com', replicaCount: 2, cainjector: { replicaCount: 2 } },
  externalSecrets: { replicas: 2 },
  gateway: { replicas: { min: 3, max: 9 } },
  externalDns: {},
  metricsServer: { replicas: 2 },
  velero: { schedule: '0 7 * * *', retentionDays: 30 },
  restoreDrill: {},

  secrets: ['alerts'],
  prometheus: { replicas: 2, retention: '30d', size: '100Gi', memory: '4Gi' },
  alertmanager: {
    replicas: 3,
    receivers: {
      oncall: { pagerduty: { secret: 'alerts' } },
      team: { slack: { secret: 'alerts', channel: '#operations' } },
    },
    critical: 'oncall',
    warning: 'team',
  },
  grafana: {},
  nodeExporter: {},
  kubeStateMetrics: {},
  blackboxExporter: {},

  mongo: { size: '100Gi', dumpSize: '100Gi', memory: '8Gi' },

  services: {
    whoami: {},
    restaurants: { database: 'mongo', replicas: { min: 3, max: 12 } },
    items: { database: 'mongo', replicas: { min: 3, max: 12 } },
  },
});
