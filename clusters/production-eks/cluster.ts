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

  mongo: { size: '100Gi', dumpSize: '100Gi', memory: '8Gi' },

  services: {
    whoami: {},
    restaurants: { database: 'mongo', replicas: { min: 3, max: 12 } },
    items: { database: 'mongo', replicas: { min: 3, max: 12 } },
  },
});
