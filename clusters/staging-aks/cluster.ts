import { defineCluster } from '../../charts/cluster-file.ts';

/** Where every change goes first. */
export default defineCluster({
  cloud: 'aks',
  domain: 'staging.example.com',

  certManager: { acmeEmail: 'ops@example.com' },
  externalSecrets: {},
  gateway: { replicas: 2 },
  externalDns: {},
  velero: { schedule: '0 2 * * *', retentionDays: 7 },
  restoreDrill: {},

  prometheus: { size: '20Gi' },
  alertmanager: {},
  grafana: {},
  nodeExporter: {},
  kubeStateMetrics: {},
  blackboxExporter: {},

  mongo: { size: '10Gi', dumpSize: '10Gi', memory: '1Gi' },

  postfacto: {
    adminEmail: 'ops@example.com',
    stable: { weight: 90, replicas: 2 },
    next: { weight: 10, replicas: 1 },
    size: '5Gi',
  },
  services: {
    whoami: {},
    restaurants: { database: 'mongo', replicas: { min: 2, max: 6 } },
    items: { database: 'mongo', replicas: { min: 2, max: 6 } },
  },
});
