import { findKind } from '../../charts/kinds/index.ts';
import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, mapAt, named, namespacesOfOthers, ofKind } from './cluster-objects.ts';
import type { Port } from './pods.ts';
import type { Labels } from './selector.ts';

/** Pods that run on a cluster although no workload in dist creates them. */
export interface UnmanagedPods {
  readonly label: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
}

/** The pods that controllers and the cluster itself create. */
export function unmanagedPods(cluster: ClusterObjects): UnmanagedPods[] {
  return [
    ...clusterDns(cluster),
    ...acmeSolvers(cluster),
    ...veleroPods(cluster),
    ...serversOfOperator(cluster),
    ...argoCd(cluster),
    ...podsOfOthers(cluster),
  ];
}

function clusterDns({ dnsPods }: ClusterObjects): UnmanagedPods[] {
  return dnsPods.map(({ namespace, labels = {} }) => ({
    label: 'the cluster DNS',
    namespace,
    labels,
    ports: [
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
    ],
  }));
}

/**
 * Pods of tenants, whose workloads are in repositories of their own: they may have any labels, and listen on any port
 * that a policy of their namespace admits.
 */
function podsOfOthers(cluster: ClusterObjects): UnmanagedPods[] {
  return [...namespacesOfOthers(cluster)].map((namespace) => ({
    label: `a pod of the tenant in ${namespace}`,
    namespace,
    labels: {},
    ports: ofKind(cluster, 'NetworkPolicy')
      .filter(({ metadata }) => metadata.namespace === namespace)
      .flatMap((policy) => listAt(policy, 'spec', 'ingress').flatMap((rule) => listAt(rule, 'ports')))
      .map((port) => ({ containerPort: Number(at(port, 'port')), protocol: textAt(port, 'protocol') ?? 'TCP' })),
  }));
}

/** cert-manager creates a solver pod for each HTTP-01 challenge, in the namespace of the Certificate. */
function acmeSolvers(cluster: ClusterObjects): UnmanagedPods[] {
  const namespaces = ofKind(cluster, 'Certificate')
    .filter((c) => solvedByHttp(cluster, c))
    .map(({ metadata }) => metadata.namespace ?? '');
  return [...new Set(namespaces)].map((namespace) => ({
    label: `the ACME challenge solver in ${namespace}`,
    namespace,
    labels: { 'acme.cert-manager.io/http01-solver': 'true' },
    ports: [{ containerPort: 8089 }],
  }));
}

function solvedByHttp(cluster: ClusterObjects, certificate: Manifest): boolean {
  const { kind, name } = {
    kind: textAt(certificate, 'spec', 'issuerRef', 'kind') ?? 'Issuer',
    name: textAt(certificate, 'spec', 'issuerRef', 'name') ?? '',
  };
  const issuer = named(cluster, kind, kind === 'Issuer' ? certificate.metadata.namespace : undefined, name);
  return listAt(issuer, 'spec', 'acme', 'solvers').some((solver) => at(solver, 'http01') !== undefined);
}

/** The Prometheus Operator's servers: each with the sidecar that reloads its configuration. */
function serversOfOperator(cluster: ClusterObjects): UnmanagedPods[] {
  return ofKind(cluster, 'Prometheus', 'Alertmanager').map((server) => ({
    label: `a pod of ${labelOf(server)}`,
    namespace: server.metadata.namespace ?? '',
    labels: mapAt(findKind(server)?.statefulSet?.(server), 'spec', 'selector', 'matchLabels'),
    ports: [
      ...(server.kind === 'Prometheus'
        ? [{ name: 'web', containerPort: 9090 }]
        : [
            { name: 'web', containerPort: 9093 },
            { name: 'mesh-tcp', containerPort: 9094 },
          ]),
      { name: 'reloader-web', containerPort: 8080 },
    ],
  }));
}

/** The programs of Argo CD that serve metrics. */
function argoCd(cluster: ClusterObjects): UnmanagedPods[] {
  return ofKind(cluster, 'ScrapeConfig')
    .filter(({ metadata }) => metadata.name in ARGO_CD_PORTS)
    .map(({ metadata }) => ({
      label: `a pod of ${metadata.name}`,
      namespace: 'argocd',
      labels: { 'app.kubernetes.io/name': metadata.name },
      ports: [{ containerPort: ARGO_CD_PORTS[metadata.name] ?? 0 }],
    }));
}

/** Container ports of metrics, by upstream's manifests. */
const ARGO_CD_PORTS: Readonly<Record<string, number>> = {
  'argocd-application-controller': 8082,
  'argocd-server': 8083,
  'argocd-repo-server': 8084,
};

/** Velero creates pods to move data and to maintain repositories, with the labels in the ConfigMaps that it reads. */
function veleroPods(cluster: ClusterObjects): UnmanagedPods[] {
  return ofKind(cluster, 'ConfigMap').flatMap(({ metadata, data }) => {
    if (metadata.namespace !== 'velero') return [];
    const settings = Object.values(mapAt({ data }, 'data')).map((text) => JSON.parse(text) as unknown);
    return settings
      .map((setting) => mapAt(setting, 'podLabels'))
      .filter((labels) => Object.keys(labels).length > 0)
      .map((labels) => ({
        label: `a pod that Velero creates according to ConfigMap ${metadata.name}`,
        namespace: 'velero',
        labels,
        ports: [],
      }));
  });
}
