import { k8s } from 'cdk8s-plus-28';

/** One end of a network opening. */
export type Peer =
  | { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> }
  | { readonly cidr: string; readonly except?: readonly string[] };

/** Ports of one protocol that an opening lets through. */
export interface Ports {
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

/** One direction of traffic that a workload's NetworkPolicy lets through; no peers means from or to anywhere. */
export interface Opening extends Ports {
  readonly peers?: readonly Peer[];
}

/** What workloads may open towards themselves and towards others; all else is denied. */
export interface Openings {
  readonly ingress: Opening[];
  readonly egress: Opening[];
}

/**
 * The API server, whose address no NetworkPolicy can select: on managed clusters it lies outside the cluster.
 * 443 is its Service's port, 6443 the one behind it on kind.
 */
export const API_SERVER: Opening = { tcp: [443, 6443] };

/** Where clouds answer who a node or pod is; not for pods, unless a component says so. */
const METADATA = ['169.254.0.0/16', 'fd00:ec2::/32'];

/** The public internet and the cloud's own APIs over HTTPS, without the metadata services. */
export const HTTPS_ANYWHERE: Opening = {
  peers: [
    { cidr: '0.0.0.0/0', except: METADATA.filter((c) => !c.includes(':')) },
    { cidr: '::/0', except: METADATA.filter((c) => c.includes(':')) },
  ],
  tcp: [443],
};

/** The pods of a component, by the name that its namespace and its label share. */
export function podsOf(component: string, labels: Readonly<Record<string, string>> = {}): Peer {
  return { namespace: component, labels: { 'app.kubernetes.io/name': component, ...labels } };
}

/** The policy of one workload: its own openings, plus the names it may look up. */
export function policySpec(
  podLabels: Readonly<Record<string, string>>,
  { ingress, egress }: Openings,
  dns: readonly Peer[],
): k8s.NetworkPolicySpec {
  const lookUps: Opening = { peers: dns, udp: [53], tcp: [53] };
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress', 'Egress'],
    ingress:
      ingress.length > 0
        ? ingress.map(({ peers, ...ports }) => ({ from: peers?.map(peer), ports: portList(ports) }))
        : undefined,
    egress: [lookUps, ...egress].map(({ peers, ...ports }) => ({ to: peers?.map(peer), ports: portList(ports) })),
  };
}

function peer(end: Peer): k8s.NetworkPolicyPeer {
  if ('cidr' in end) return { ipBlock: { cidr: end.cidr, except: end.except?.slice() } };
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': end.namespace } },
    podSelector: { matchLabels: end.labels ?? {} },
  };
}

function portList({ tcp = [], udp = [] }: Ports): k8s.NetworkPolicyPort[] {
  return [
    ...udp.map((port) => ({ protocol: 'UDP', port: k8s.IntOrString.fromNumber(port) })),
    ...tcp.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) })),
  ];
}
