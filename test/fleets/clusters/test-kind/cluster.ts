import { defineCluster } from '../../../../charts/cluster-file.ts';

/** One replica of everything, with an object store in the cluster. */
export default defineCluster({
  cloud: 'kind',
  domain: 'kind.example.net',

  certManager: {},
  externalSecrets: {},
  secrets: ['smtp', 'registry'],
  registries: { 'registry.example.net/ledger': 'registry' },
  gateway: { replicas: 1 },
  metricsServer: {},
  objectStore: { size: '10Gi' },
  velero: { schedule: '0 2 * * *', retentionDays: 3 },

  prometheus: { retention: '2d', size: '2Gi', memory: '512Mi' },
  alertmanager: {},
  grafana: {},
  nodeExporter: {},
  kubeStateMetrics: {},
  blackboxExporter: {},

  mongo: { size: '2Gi', dumpSize: '2Gi', memory: '768Mi' },

  postfacto: { adminEmail: 'admin@kind.example.net', stable: { replicas: 1 }, size: '1Gi', postgres: {} },
  services: {
    hello: {
      replicas: 1,
      env: { SMTP_PASSWORD: { storeKeyRef: { name: 'smtp', key: 'password' } } },
      volumes: [
        { name: 'smtp', store: { name: 'smtp', items: [{ key: 'ca.crt', path: 'ca.crt' }] }, mountPath: '/etc/smtp' },
      ],
      imagePullSecret: 'registry',
    },
    ledger: { database: 'mongo', replicas: 1 },
  },

  manifests: {
    signpost: {
      yaml: { folder: 'clusters/test-kind/signpost' },
      host: { service: 'signpost', port: 8080 },
      network: { signpost: { egress: [{ to: 'internet' }] } },
    },
  },
  waivers: [
    {
      object: 'Deployment signpost/signpost',
      invariant: 'every container has requests and limits',
      because: 'upstream sets no limit of ephemeral storage',
    },
    {
      object: 'Deployment signpost/signpost',
      invariant: 'every emptyDir has a size limit',
      because: 'upstream sets none',
    },
  ],

  tenants: {
    checkout: {
      repositories: ['https://github.com/example/checkout.git'],
      quota: { cpu: '2', memory: '4Gi', pods: 20 },
    },
  },
});
