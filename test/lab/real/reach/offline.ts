import type { Manifest } from '../../../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind } from '../../../lib/cluster-objects.ts';
import { workloadPods } from '../../../lib/pods.ts';
import { unmanagedPods } from '../../../lib/unmanaged-pods.ts';
import type { ApiServerAddress, LiveObjects } from './model.ts';

/** The node and API server of the objects below. */
export const NODE = { name: 'node-1', address: '192.168.210.1' };
export const API_SERVER_ADDRESS: ApiServerAddress = { address: NODE.address, port: 6443 };

/**
 * The objects of a rendered cluster as they would be once all runs: a pod of each workload, and those that controllers
 * create, all ready and on one node, with invented addresses.
 */
export function liveObjectsOf(cluster: ClusterObjects): LiveObjects {
  const managed = workloadPods(cluster).map(({ namespace, labels, spec, workload }) =>
    runningPod(namespace, workload.metadata.name, labels, spec),
  );
  const unmanaged = unmanagedPods(cluster).map(({ namespace, labels, ports }, i) =>
    runningPod(namespace, `other-${i}`, labels, { containers: [{ name: 'main', ports }] }),
  );
  const pods = [...managed, ...unmanaged].map((pod, i) => ({
    ...pod,
    status: {
      phase: 'Running',
      podIP: `10.244.0.${i + 2}`,
      hostIP: NODE.address,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }));
  const declared = ofKind(cluster, 'Namespace').map(({ metadata }) => metadata.name);
  const namespaces = new Set([...declared, ...pods.map(({ metadata }) => metadata.namespace)]);
  return {
    pods,
    namespaces: [...namespaces].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { ...labelsOf(cluster, name), 'kubernetes.io/metadata.name': name } },
    })),
    services: [...ofKind(cluster, 'Service').filter((one) => one.apiVersion === 'v1'), ...CLUSTER_SERVICES].map(
      withAddress,
    ),
    policies: ofKind(cluster, 'NetworkPolicy'),
  };
}

/** The Services that a cluster has before anything is deployed. */
const CLUSTER_SERVICES: readonly Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { ports: [{ port: 443, targetPort: 6443 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: {
      selector: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
];

function runningPod(namespace: string, name: string, labels: object, spec: object) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { ...labels } }, spec };
}

function withAddress(service: Manifest, i: number): Manifest {
  return { ...service, spec: { clusterIP: `10.96.0.${i + 1}`, ...(service['spec'] as object) } };
}

function labelsOf(cluster: ClusterObjects, name: string): Manifest['metadata']['labels'] {
  return ofKind(cluster, 'Namespace').find(({ metadata }) => metadata.name === name)?.metadata.labels;
}
