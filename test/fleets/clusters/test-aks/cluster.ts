import { defineCluster } from '../../../../charts/cluster-file.ts';

/** Fixed replica counts, two versions of one component, a host outside the cluster's domain. */
export default defineCluster({
  cloud: 'aks',
  domain: 'aks.example.net',

  certManager: { acmeEmail: 'ops@example.net' },
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
    adminEmail: 'ops@example.net',
    stable: { weight: 90, replicas: 2 },
    next: { weight: 10, replicas: 1 },
    size: '5Gi',
    postgres: {},
  },
  services: {
    hello: {},
    ledger: { host: 'ledger.example.org', database: 'mongo', replicas: { min: 2, max: 6 } },
  },
  tenants: {
    checkout: {
      namespaces: ['checkout', 'checkout-jobs'],
      repositories: ['https://github.com/example/checkout.git'],
      quota: { cpu: '4', memory: '8Gi', pods: 40, storage: '50Gi' },
      group: 'oidc:checkout-developers',
      hosts: ['checkout.aks.example.net', 'checkout.example.org'],
      internet: true,
    },
  },
});
