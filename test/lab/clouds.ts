import type { Cloud, SecretByHand } from '../../charts/cloud/cloud.ts';
import { capability } from '../../charts/kinds/kind.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';

/** What a cloud provides in a new cluster, as far as it matters to the manifests. */
export interface Provision {
  /** Labels of every node besides host, zone and region. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Labels of the first node besides: of the one that receives requests from outside, where there is only one. */
  readonly firstNodeLabels?: Readonly<Record<string, string>>;
  readonly region: string;
  /** Zones, as in the nodes' zone label. */
  readonly zones: readonly [string, string, string];
  /** `spec.providerID` of a node. */
  readonly providerId: (zone: string, node: string) => string;
  /** Objects that exist before the first sync. */
  readonly objects: readonly Manifest[];
  /** Address of a load balancer: a host name, or an IPv4 address reserved for documentation (RFC 5737). */
  readonly loadBalancer: { readonly ip: string } | { readonly hostname: string } | undefined;
}

/** Provisions by cloud, according to the clouds' documentation. */
export const PROVISIONS: Readonly<Record<Cloud['kind'], (cloud: Cloud) => Provision>> = {
  aks: () => ({
    nodeLabels: {
      'kubernetes.azure.com/agentpool': 'default',
      'kubernetes.azure.com/mode': 'system',
      'node.kubernetes.io/instance-type': 'Standard_D4ds_v5',
    },
    region: 'westeurope',
    zones: ['westeurope-1', 'westeurope-2', 'westeurope-3'],
    providerId: (_, node) => `azure:///subscriptions/0/virtualMachines/${node}`,
    objects: metricsServer(),
    loadBalancer: { ip: '203.0.113.10' },
  }),
  eks: () => ({
    nodeLabels: {
      'eks.amazonaws.com/compute-type': 'auto',
      'karpenter.sh/nodepool': 'general-purpose',
      'node.kubernetes.io/instance-type': 'm7i.xlarge',
    },
    region: 'us-east-1',
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    providerId: (zone, node) => `aws:///${zone}/${node}`,
    objects: [],
    loadBalancer: { hostname: 'gateway-0123456789abcdef.elb.us-east-1.amazonaws.com' },
  }),
  // As k3s does; what differs between generic clusters is in their facts.
  generic: (cloud) => ({
    nodeLabels: { 'node.kubernetes.io/instance-type': 'k3s', ...cloud.loadBalancer.nodeSelector },
    region: 'local',
    zones: ['zone-a', 'zone-b', 'zone-c'],
    providerId: (_, node) => `k3s://${node}`,
    objects: [
      storageClass(cloud.storage.storageClassName, 'rancher.io/local-path'),
      ...(cloud.preinstalled.includes(capability.api('metrics.k8s.io')) ? metricsServer() : []),
      ...(cloud.secretsByHand ?? []).flatMap(secretByHand),
    ],
    loadBalancer: { ip: cloud.loadBalancer.address ?? '203.0.113.20' },
  }),
  kind: () => ({
    nodeLabels: {},
    firstNodeLabels: { 'ingress-ready': 'true' },
    region: 'local',
    zones: ['zone-a', 'zone-b', 'zone-c'],
    providerId: (_, node) => `kind://docker/local/${node}`,
    objects: [storageClass('standard', 'rancher.io/local-path')],
    loadBalancer: undefined,
  }),
};

/** The IPv4 address of the load balancer; undefined if there is none, or if it has a host name. */
export function loadBalancerIp({ loadBalancer }: Provision): string | undefined {
  return loadBalancer && 'ip' in loadBalancer ? loadBalancer.ip : undefined;
}

/** Six nodes, two per zone. */
export function nodesOf({ nodeLabels, firstNodeLabels, region, zones, providerId }: Provision): Manifest[] {
  return [1, 2, 3, 4, 5, 6].map((i) => {
    const name = `node-${i}`;
    const zone = zones[(i - 1) % zones.length] ?? zones[0];
    const size = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '110' };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/region': region,
          'topology.kubernetes.io/zone': zone,
          ...nodeLabels,
          ...(i === 1 && firstNodeLabels),
        },
      },
      spec: { podCIDR: `10.244.${i}.0/24`, providerID: providerId(zone, name) },
      status: { allocatable: size, capacity: size },
    };
  });
}

function storageClass(name: string, provisioner: string): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
  };
}

/** What people write into each Secret that they create. */
export const TOKEN_BY_HAND = 'token-of-the-lab';

/** A Secret that people create before the first sync, with the namespace that it must be in. */
function secretByHand({ namespace, name, key }: SecretByHand): Manifest[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, stringData: { [key]: TOKEN_BY_HAND } },
  ];
}

/** The metrics server that comes with a cluster. */
function metricsServer(): Manifest[] {
  const labels = { 'k8s-app': 'metrics-server' };
  const metadata = { name: 'metrics-server', namespace: 'kube-system', labels };
  const container = {
    name: 'metrics-server',
    image: 'cloud.invalid/metrics-server',
    ports: [{ name: 'https', containerPort: 4443 }],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 443, targetPort: 'https' }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      },
    },
  ];
}
