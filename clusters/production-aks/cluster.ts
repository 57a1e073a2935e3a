import { defineCluster } from '../../charts/cluster-file.ts';

/** Production in Europe, on Azure. */
export default defineCluster({
  cloud: 'aks',
  domain: 'eu.example.com',

  certManager: { acmeEmail: 'ops@example.com', replicaCount: 2, cainjector: { replicaCount: 2 } },
  externalSecrets: { replicas: 2 },
  gateway: { replicas: { min: 3, max: 9 } },
  externalDns: {},
  velero: { schedule: '0 1 * * *', retentionDays: 30 },
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

  postfacto: { host: 'retro.example.org', adminEmail: 'ops@example.com', stable: { replicas: 3 }, size: '20Gi' },
  services: {
    whoami: {},
    restaurants: { database: 'mongo', replicas: { min: 3, max: 12 } },
    items: { database: 'mongo', replicas: { min: 3, max: 12 } },
  },
});
