import { defineCluster } from '../../../../charts/cluster-file.ts';

/** One replica of everything, with an object store in the cluster. */
export default defineCluster({
  cloud: 'kind',
  domain: 'kind.example.net',

  certManager: {},
  externalSecrets: {},
  gateway: { replicas: 1 },
  metricsServer: {},
  objectStore: { size: '10Gi' },
  velero: { schedule: '0 2 * * *', retentionDays: 3 },

  mongo: { size: '2Gi', dumpSize: '2Gi', memory: '768Mi' },

  postfacto: { adminEmail: 'admin@kind.example.net', stable: { replicas: 1 }, size: '1Gi' },
  services: {
    hello: { replicas: 1 },
    ledger: { database: 'mongo', replicas: 1 },
  },
  tenants: {
    checkout: {
      repositories: ['https://github.com/example/checkout.git'],
      quota: { cpu: '2', memory: '4Gi', pods: 20 },
    },
  },
});
