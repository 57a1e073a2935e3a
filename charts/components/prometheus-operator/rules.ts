import type { k8s } from 'cdk8s-plus-28';
import type { Upstream } from '../../upstream/upstream.ts';

const GROUP = 'monitoring.coreos.com';
const ROLE = 'prometheus-operator';

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Kinds with which others say what servers do; a feature gate, which is off, has the operator write their status. */
const CONFIGURATION = ['podmonitors', 'probes', 'prometheusrules', 'scrapeconfigs', 'servicemonitors'];

/** What servers are made of. */
const PARTS = ['configmaps', 'secrets', 'services'];

/** Cluster-wide rules: what is configured anywhere, and the servers themselves. */
export function clusterRules(upstream: Upstream): k8s.PolicyRule[] {
  const inServers = 'it has them in the namespaces of its servers only';
  return upstream.rules([ROLE], {
    without: [
      { resources: PARTS, because: inServers },
      { resources: ['pods'], because: inServers },
      { group: 'apps', resources: ['statefulsets'], because: inServers },
      { group: GROUP, resources: [...CONFIGURATION, 'alertmanagerconfigs'], verbs: WRITE, because: 'it reads them' },
      {
        group: GROUP,
        resources: ['alertmanagers', 'prometheuses'],
        verbs: ['create', 'delete', 'deletecollection'],
        because: 'they are in Git',
      },
      ...unused(),
    ],
  });
}

/** Rules in the namespace of a server. */
export function serverRules(upstream: Upstream): k8s.PolicyRule[] {
  const inCluster = 'it has them in the whole cluster';
  return upstream.rules([ROLE], {
    without: [
      {
        group: GROUP,
        resources: [
          ...CONFIGURATION,
          'alertmanagerconfigs',
          ...['alertmanagers', 'prometheuses'].flatMap((kind) => [kind, `${kind}/finalizers`, `${kind}/status`]),
        ],
        because: inCluster,
      },
      { resources: ['namespaces', 'nodes'], because: inCluster },
      { group: 'events.k8s.io', resources: ['events'], because: inCluster },
      { group: 'storage.k8s.io', resources: ['storageclasses'], because: inCluster },
      { resources: ['services'], verbs: ['create', 'update', 'delete'], because: 'servers name a Service of dist' },
      { resources: ['pods'], verbs: ['delete'], because: 'its repair policy is none' },
      ...unused(),
    ],
  });
}

/** What neither of them is for. */
function unused() {
  const kinds = ['prometheusagents', 'thanosrulers'];
  return [
    {
      group: GROUP,
      resources: kinds.flatMap((kind) => [kind, `${kind}/finalizers`, `${kind}/status`]),
      because: 'there are none; it does not start the controller of a kind that it may not read',
    },
    {
      group: GROUP,
      resources: CONFIGURATION.map((kind) => `${kind}/status`),
      because: 'the feature gate for it is off, and nothing waits for the operator that only configures it',
    },
    { resources: ['endpoints', 'services/finalizers'], because: 'it keeps no list of kubelets' },
    {
      group: 'networking.k8s.io',
      resources: ['ingresses'],
      because: 'hosts are routed by the Gateway API, and probes name them',
    },
  ];
}
