import { defineCluster } from '../../../../charts/cluster-file.ts';

/** As k3s on bare metal: facts that people write, a DNS token that people create, backups in the cluster. */
export default defineCluster({
  cloud: 'generic',
  domain: 'generic.example.net',

  certManager: { acmeEmail: 'ops@example.net' },
  externalSecrets: {},
  gateway: { replicas: 2 },
  externalDns: {},
  objectStore: { size: '10Gi' },
  velero: { schedule: '0 3 * * *', retentionDays: 7 },
  restoreDrill: {},

  mongo: { size: '5Gi', dumpSize: '5Gi', memory: '1Gi' },

  postfacto: { adminEmail: 'ops@example.net', stable: { replicas: 1 }, size: '2Gi', postgres: {} },
  services: {
    hello: {},
    ledger: { host: 'ledger.example.com', database: 'mongo', replicas: { min: 2, max: 4 } },
  },
});
