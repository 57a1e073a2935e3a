import { defineCluster } from '../../charts/cluster-file.ts';

/** A laptop: everything that production has, with a certificate authority and an object store of its own. */
export default defineCluster({
  cloud: 'kind',
  domain: 'slipway.localhost',

  certManager: {},
  externalSecrets: {},
  gateway: { replicas: 1 },
  metricsServer: {},
  objectStore: { size: '10Gi' },
  velero: { schedule: '0 2 * * *', retentionDays: 3 },
  restoreDrill: {},

  prometheus: { retention: '2d', size: '2Gi', memory: '512Mi' },
  alertmanager: {},
  grafana: {},
  nodeExporter: {},
  kubeStateMetrics: {},
  blackboxExporter: {},

  mongo: { size: '2Gi', dumpSize: '2Gi', memory: '768Mi' },

  postfacto: { adminEmail: 'admin@slipway.localhost', stable: { replicas: 1 }, size: '1Gi', dumpSize: '5Gi' },
  services: {
    whoami: { replicas: 1 },
    restaurants: { database: 'mongo', replicas: 1 },
    items: { database: 'mongo', replicas: 1 },
  },
});
