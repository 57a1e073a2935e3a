import { defineCluster } from '../../../../charts/cluster-file.ts';

/** Small, on machines of one's own: names in a public zone, a load balancer with a fixed address, disks that grow. */
export default defineCluster({
  cloud: 'generic',
  domain: 'metal.example.net',

  certManager: { acmeEmail: 'ops@example.net' },
  externalSecrets: {},
  gateway: { replicas: 2 },
  externalDns: {},
  metricsServer: {},
  objectStore: { size: '1Gi' },

  services: {
    hello: {},
    ledger: { host: 'metal.example.com', replicas: { min: 2, max: 4 } },
  },
});
