import { k8s } from 'cdk8s-plus-28';
import { Fault, suggest } from '../fault.ts';
import { NAME } from './labels.ts';

/** Pods, by the labels they have in a namespace. */
export interface Pods {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A range of addresses. */
export interface AddressRange {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** Pods whose own policy lets everybody in, as the gateway's does on its public ports: they need no rule for a client. */
export interface PublicPods extends Pods {
  readonly public: true;
}

/** Ports of one protocol that an opening lets through. */
export interface Ports {
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

/**
 * One direction of traffic between a workload and what has no policy of its own; no peers means from or to anywhere.
 * Between two workloads of this repository `connect` opens both ends.
 */
export interface Opening extends Ports {
  readonly peers?: readonly (AddressRange | PublicPods)[];
}

/** What a workload may open towards itself and towards others; all else is denied. */
export interface Openings {
  readonly ingress?: readonly Opening[];
  readonly egress?: readonly Opening[];
}

/** Pods that have a policy here: a workload's, those of a whole component, or those that a controller starts. */
export interface Endpoint {
  /** As messages name it. */
  readonly name: string;
  readonly pods: Pods;
  /** Port numbers by name; all of them TCP. */
  readonly ports: Readonly<Record<string, number>>;
}

interface Rule extends Ports {
  readonly peers?: readonly (AddressRange | Pods)[];
}

/** The connections of each endpoint. Only `connect` writes here, so that no end is without the other. */
const CONNECTIONS = new WeakMap<Endpoint, { readonly ingress: Rule[]; readonly egress: Rule[] }>();

/**
 * Lets a client call a port of a server: opens the egress of the one and the ingress of the other.
 *
 * @param port name of the server's port
 * @throws Fault naming both ends, if the server has no such port
 */
export function connect(client: Endpoint, server: Endpoint, port: string): void {
  const number = server.ports[port];
  if (number === undefined) {
    throw new Fault({
      what: `${client.name} wants to call port "${port}" of ${server.name}, which has no such port`,
      where: `connect(${client.name}, ${server.name}, '${port}')`,
      seen: port,
      fix: suggest(port, Object.keys(server.ports)),
    });
  }
  connectionsOf(server).ingress.push({ peers: [client.pods], tcp: [number] });
  connectionsOf(client).egress.push({ peers: [server.pods], tcp: [number] });
}

function connectionsOf(endpoint: Endpoint): { readonly ingress: Rule[]; readonly egress: Rule[] } {
  const connections = CONNECTIONS.get(endpoint) ?? { ingress: [], egress: [] };
  CONNECTIONS.set(endpoint, connections);
  return connections;
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

/** All pods of a component. @param namespace the component's name unless given */
export function podsOf(component: string, namespace = component): Pods {
  return { namespace, labels: { [NAME]: component } };
}

/**
 * The policy of pods, as it is once everything is composed: the names they may look up, their openings, and the
 * connections of the endpoints that they belong to.
 *
 * @param dns who answers name look-ups
 */
export function policySpec(
  podLabels: Readonly<Record<string, string>>,
  openings: Openings,
  endpoints: readonly Endpoint[],
  dns: readonly (Pods | AddressRange)[],
): k8s.NetworkPolicySpec {
  const lookUps: Rule = { peers: dns, udp: [53], tcp: [53] };
  const connections = endpoints.map(connectionsOf);
  const ingress = distinct([...(openings.ingress ?? []), ...connections.flatMap((c) => c.ingress)]);
  const egress = distinct([lookUps, ...(openings.egress ?? []), ...connections.flatMap((c) => c.egress)]);
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress', 'Egress'],
    ingress:
      ingress.length > 0
        ? ingress.map(({ peers, ...ports }) => ({ from: peers?.map(peer), ports: portList(ports) }))
        : undefined,
    egress: egress.map(({ peers, ...ports }) => ({ to: peers?.map(peer), ports: portList(ports) })),
  };
}

/** Each rule once, however often two are connected. */
function distinct(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function peer(end: AddressRange | Pods): k8s.NetworkPolicyPeer {
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
