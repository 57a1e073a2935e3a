import { at, groupOf, listAt, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind } from './cluster-objects.ts';
import type { Port } from './pods.ts';
import type { Labels } from './selector.ts';

/** Pods that run on a cluster although dist has no workload for them. */
export interface Stranger {
  readonly says: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
}

/** A sort of them: who makes them, and where on this cluster. */
interface Sort {
  readonly says: string;
  readonly labels: Labels;
  readonly ports: readonly Port[];
  readonly namespaces: (cluster: ClusterObjects) => readonly string[];
}

const SORTS: readonly Sort[] = [
  {
    says: 'the cluster DNS',
    labels: { 'k8s-app': 'kube-dns' },
    ports: [
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
    ],
    namespaces: () => ['kube-system'],
  },
  {
    // cert-manager starts one for each HTTP-01 challenge, in the namespace of the Certificate.
    says: 'the ACME challenge solvers',
    labels: { 'acme.cert-manager.io/http01-solver': 'true' },
    ports: [{ containerPort: 8089 }],
    namespaces: (cluster) => (solvesByHttp(cluster) ? certificateNamespaces(cluster) : []),
  },
];

/** The pods that controllers and the platform make on this cluster. */
export function strangersOf(cluster: ClusterObjects): Stranger[] {
  return SORTS.flatMap(({ namespaces, ...sort }) => namespaces(cluster).map((namespace) => ({ ...sort, namespace })));
}

function solvesByHttp(cluster: ClusterObjects): boolean {
  const solvers = ofKind(cluster, 'Issuer', 'ClusterIssuer').flatMap((issuer) => listAt(issuer, 'spec', 'acme', 'solvers'));
  return solvers.some((solver) => at(solver, 'http01') !== undefined);
}

/** Where Certificates are: those of dist, and those that cert-manager makes for the listeners of a Gateway. */
function certificateNamespaces(cluster: ClusterObjects): string[] {
  const gateways = ofKind(cluster, 'Gateway').filter((g) => Object.keys(g.metadata.annotations ?? {}).some((key) => key.startsWith('cert-manager.io/')));
  const certificates = ofKind(cluster, 'Certificate').filter((c) => groupOf(c) === 'cert-manager.io');
  return [...new Set([...gateways, ...certificates].flatMap((m) => textAt(m, 'metadata', 'namespace') ?? []))];
}
