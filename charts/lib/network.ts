import { k8s } from 'cdk8s-plus-28';
import { Fault, suggest } from '../fault.ts';
import { contains } from './cidr.ts';
import { NAME } from './labels.ts';

/** Pods selected by namespace and labels; no labels select all pods of the namespace. */
export interface Pods {
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A CIDR block. */
export interface AddressRange {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** Pods whose own policy allows ingress from anywhere, such as the gateway: they need no rule for each client. */
export interface PublicPods extends Pods {
  readonly public: true;
}

/** Port numbers by protocol. */
export interface Ports {
  readonly tcp?: readonly number[];
  readonly udp?: readonly number[];
}

/** The API server of the cluster, whose addresses its facts have. */
export interface ApiServer {
  readonly apiServer: true;
}

/**
 * Allowed traffic between a workload and peers without a policy in this repository. Between two workloads of this
 * repository use `connect`, which opens both ends.
 */
export interface Opening extends Ports {
  readonly peers: readonly (AddressRange | PublicPods | ApiServer)[];
}

/** Ingress and egress that a workload allows; all other traffic is denied. */
export interface Openings {
  /** Without `peers`, from anywhere. */
  readonly ingress?: readonly (Ports & Partial<Opening>)[];
  readonly egress?: readonly Opening[];
}

/** What policies need to know of the cluster. */
export interface ClusterNetwork {
  /** DNS servers that pods may query. */
  readonly dns: readonly (Pods | AddressRange)[];
  /** Addresses of the API server. */
  readonly apiServer: readonly AddressRange[];
}

/** Pods with a policy in this repository: of a workload, of a whole component, or started by a controller. */
export interface Endpoint {
  /** Name in messages. */
  readonly name: string;
  readonly pods: Pods;
  /** TCP port numbers by name. */
  readonly ports: Readonly<Record<string, number>>;
}

interface Rule extends Ports {
  readonly peers?: readonly (AddressRange | Pods | ApiServer)[];
}

/** The connections of each endpoint. Written only by `connect`, so that both ends are always open. */
const CONNECTIONS = new WeakMap<Endpoint, { readonly ingress: Rule[]; readonly egress: Rule[] }>();

/**
 * Lets a client call a port of a server: allows egress of the client and ingress of the server.
 *
 * @param port name of the server's port
 * @throws Fault if the server has no such port
 */
export function connect(client: Endpoint, server: Endpoint, port: string): void {
  const number = server.ports[port];
  if (number === undefined) {
    throw new Fault({
      what: `${client.name} connects to port "${port}" of ${server.name}, which has no such port`,
      where: `connect(${client.name}, ${server.name}, '${port}')`,
      seen: port,
      fix: suggest(port, Object.keys(server.ports)),
    });
  }
  connectionsOf(server).ingress.push({ peers: [client.pods], tcp: [number] });
  connectionsOf(client).egress.push({ peers: [server.pods], tcp: [number] });
}

/** Lets a client call peers without a policy in this repository, in addition to its own openings. */
export function connectOut(client: Endpoint, opening: Opening): void {
  connectionsOf(client).egress.push(opening);
}

function connectionsOf(endpoint: Endpoint): { readonly ingress: Rule[]; readonly egress: Rule[] } {
  const connections = CONNECTIONS.get(endpoint) ?? { ingress: [], egress: [] };
  CONNECTIONS.set(endpoint, connections);
  return connections;
}

/**
 * The API server, which a NetworkPolicy cannot select: it has no pods. 443 is the port of its Service and of managed
 * clusters' own, 6443 that of others.
 */
export const API_SERVER: Opening = { peers: [{ apiServer: true }], tcp: [443, 6443] };

/** Addresses that no range of egress includes. What needs one of them, such as a pod identity agent, names it. */
const LINK_LOCAL_AND_METADATA = {
  ipv4: [
    '169.254.0.0/16',
    // Azure's, for the agents of virtual machines.
    '168.63.129.16/32',
  ],
  ipv6: [
    'fe80::/10',
    // Amazon's and Google's metadata.
    'fd00:ec2::/32',
    'fd20:ce::254/128',
  ],
} as const;

/** Every address but link-local ones and those of metadata services, which issue the credentials of nodes. */
export const ANYWHERE: readonly AddressRange[] = ['0.0.0.0/0', '::/0'].map(withoutMetadata);

/** Ranges without the parts of others that are in them. */
export function outside(ranges: readonly AddressRange[], excluded: readonly string[]): AddressRange[] {
  return ranges.map(({ cidr, except = [] }) => {
    const all = [...except, ...excluded.filter((one) => contains(cidr, one))];
    return all.length > 0 ? { cidr, except: all } : { cidr };
  });
}

/** A range without the link-local addresses and metadata services in it. */
export function withoutMetadata(cidr: string): AddressRange {
  const { ipv4, ipv6 } = LINK_LOCAL_AND_METADATA;
  const except = (cidr.includes(':') ? ipv6 : ipv4).filter((one) => contains(cidr, one));
  return except.length > 0 ? { cidr, except } : { cidr };
}

/** The range of link-local or metadata addresses that holds a range, if one does. */
export function metadataRangeOf(cidr: string): string | undefined {
  const { ipv4, ipv6 } = LINK_LOCAL_AND_METADATA;
  return (cidr.includes(':') ? ipv6 : ipv4).find((one) => contains(one, cidr));
}

/** The ranges; anywhere if there are none, because they are not known. */
export function addressesOrAny(cidrs: readonly string[]): readonly AddressRange[] {
  return cidrs.length > 0 ? cidrs.map(withoutMetadata) : ANYWHERE;
}

/** Any address outside the cluster on a TCP port, excluding the metadata services. */
export function anywhere(port: number): Opening {
  return { peers: ANYWHERE, tcp: [port] };
}

/** The internet and the cloud's APIs over HTTPS. */
export const HTTPS_ANYWHERE: Opening = anywhere(443);

/** All pods of a component. @param namespace @default the component's name */
export function podsOf(component: string, namespace = component): Pods {
  return { namespace, labels: { [NAME]: component } };
}

/**
 * The spec of a NetworkPolicy: egress to DNS, the openings, and the connections of the endpoints that the pods belong
 * to.
 *
 * @param network of the cluster
 */
export function policySpec(
  podLabels: Readonly<Record<string, string>>,
  openings: Openings,
  endpoints: readonly Endpoint[],
  { dns, apiServer }: ClusterNetwork,
): k8s.NetworkPolicySpec {
  const dnsQueries: Rule = { peers: dns, udp: [53], tcp: [53] };
  const connections = endpoints.map(connectionsOf);
  const ingress = distinct([...(openings.ingress ?? []), ...connections.flatMap((c) => c.ingress)]);
  const egress = distinct([dnsQueries, ...(openings.egress ?? []), ...connections.flatMap((c) => c.egress)]);
  const peersOf = (peers: Rule['peers']): k8s.NetworkPolicyPeer[] | undefined =>
    peers?.flatMap((one): readonly (AddressRange | Pods)[] => ('apiServer' in one ? apiServer : [one])).map(peer);
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress', 'Egress'],
    ingress:
      ingress.length > 0
        ? ingress.map(({ peers, ...ports }) => ({ from: peersOf(peers), ports: portList(ports) }))
        : undefined,
    egress: egress.map(({ peers, ...ports }) => ({ to: peersOf(peers), ports: portList(ports) })),
  };
}

/** Removes duplicate rules of repeated connections. */
function distinct(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function peer(end: AddressRange | Pods): k8s.NetworkPolicyPeer {
  if ('cidr' in end) return { ipBlock: { cidr: end.cidr, except: end.except?.slice() } };
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': end.namespace } },
    podSelector: end.labels && { matchLabels: end.labels },
  };
}

function portList({ tcp = [], udp = [] }: Ports): k8s.NetworkPolicyPort[] {
  return [
    ...udp.map((port) => ({ protocol: 'UDP', port: k8s.IntOrString.fromNumber(port) })),
    ...tcp.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) })),
  ];
}
