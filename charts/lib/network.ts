import { k8s } from 'cdk8s-plus-28';
import { Fault, suggest } from '../fault.ts';
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

/**
 * Allowed traffic between a workload and peers without a policy in this repository; without `peers`, from or to
 * anywhere. Between two workloads of this repository use `connect`, which opens both ends.
 */
export interface Opening extends Ports {
  readonly peers?: readonly (AddressRange | PublicPods)[];
}

/** Ingress and egress that a workload allows; all other traffic is denied. */
export interface Openings {
  readonly ingress?: readonly Opening[];
  readonly egress?: readonly Opening[];
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
  readonly peers?: readonly (AddressRange | Pods)[];
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

function connectionsOf(endpoint: Endpoint): { readonly ingress: Rule[]; readonly egress: Rule[] } {
  const connections = CONNECTIONS.get(endpoint) ?? { ingress: [], egress: [] };
  CONNECTIONS.set(endpoint, connections);
  return connections;
}

/**
 * The API server, which a NetworkPolicy cannot select: on managed clusters it runs outside the cluster. 443 is the
 * port of its Service, 6443 its target port on kind.
 */
export const API_SERVER: Opening = { tcp: [443, 6443] };

/** Metadata services of the clouds, which issue node and pod credentials; only for components that list them. */
const METADATA = ['169.254.0.0/16', 'fd00:ec2::/32'];

/** The internet and the cloud's APIs over HTTPS, excluding the metadata services. */
export const HTTPS_ANYWHERE: Opening = {
  peers: [
    { cidr: '0.0.0.0/0', except: METADATA.filter((c) => !c.includes(':')) },
    { cidr: '::/0', except: METADATA.filter((c) => c.includes(':')) },
  ],
  tcp: [443],
};

/** All pods of a component. @param namespace @default the component's name */
export function podsOf(component: string, namespace = component): Pods {
  return { namespace, labels: { [NAME]: component } };
}

/**
 * The spec of a NetworkPolicy: egress to DNS, the openings, and the connections of the endpoints that the pods belong
 * to.
 *
 * @param dns DNS servers that the pods may query
 */
export function policySpec(
  podLabels: Readonly<Record<string, string>>,
  openings: Openings,
  endpoints: readonly Endpoint[],
  dns: readonly (Pods | AddressRange)[],
): k8s.NetworkPolicySpec {
  const dnsQueries: Rule = { peers: dns, udp: [53], tcp: [53] };
  const connections = endpoints.map(connectionsOf);
  const ingress = distinct([...(openings.ingress ?? []), ...connections.flatMap((c) => c.ingress)]);
  const egress = distinct([dnsQueries, ...(openings.egress ?? []), ...connections.flatMap((c) => c.egress)]);
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
