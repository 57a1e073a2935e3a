import { at, listAt, type Manifest, textAt } from '../../../../charts/lib/manifest.ts';
import {
  type ApiServerAddress,
  endpointsOf,
  type LiveObjects,
  type LivePod,
  type Protocol,
  protocolOf,
  runningPods,
  type Target,
} from './model.ts';

/** A node of the cluster. */
export interface NodeAddress {
  readonly name: string;
  readonly address: string;
}

/** A target that is no object of the cluster. */
export type Place = Pick<Target, 'name' | 'address' | 'port'>;

/** What a sweep tries, and what it leaves out. */
export interface Targets {
  readonly targets: readonly Target[];
  /** One line each, with the reason. */
  readonly leftOut: readonly string[];
}

/** DNS is the one UDP protocol whose servers answer a question that means nothing to them. */
const DNS = 53;

/** Azure's address for the agents of virtual machines answers on both. */
const METADATA: readonly Place[] = [
  { name: 'the metadata service', address: '169.254.169.254', port: 80 },
  { name: 'the platform address of Azure', address: '168.63.129.16', port: 80 },
  { name: 'the platform address of Azure', address: '168.63.129.16', port: 32526 },
];

/** Kubelet's API and SSH. */
const NODE_PORTS = { kubelet: 10250, ssh: 22 };

/** What of the metadata services a cluster without IPv6 cannot show. */
export const WITHOUT_IPV6 = 'fd00:ec2::254 (the metadata service by IPv6): the cluster has no IPv6';

/**
 * The targets outside of the cluster's objects: metadata services, an address outside, the API server and the nodes.
 *
 * @param outside an address for documentation that the lab's network leads to, such as 203.0.113.9
 */
export function places(nodes: readonly NodeAddress[], apiServer: ApiServerAddress, outside: string): Place[] {
  return [
    ...METADATA,
    ...[443, 80].map((port) => ({ name: 'an address outside', address: outside, port })),
    { name: 'the API server', ...apiServer },
    ...nodes.flatMap(({ name, address }) =>
      Object.entries(NODE_PORTS).map(([service, port]) => ({ name: `${service} of node ${name}`, address, port })),
    ),
  ];
}

/** Every port of every Service, every declared port of every running pod by the pod's address, and the places. */
export function targetsOf(objects: LiveObjects, others: readonly Place[]): Targets {
  const pods = runningPods(objects);
  const found = [
    ...objects.services.flatMap((service) => ofService(service, pods)),
    ...pods.flatMap(ofPod),
    ...others.map((place) => ({ ...place, protocol: 'TCP', service: false })),
  ];
  const tried = distinct(found.filter((one): one is Target => reasonAgainst(one) === undefined));
  return {
    targets: tried,
    leftOut: found.flatMap((one) => {
      const reason = reasonAgainst(one);
      return reason === undefined ? [] : [`${one.name}: ${reason}`];
    }),
  };
}

/** Identifies a target: two with one key are one. */
export function keyOf({ protocol, address, port }: Pick<Target, 'protocol' | 'address' | 'port'>): string {
  return `${protocol} ${address}:${port}`;
}

type Candidate = Omit<Target, 'protocol'> & { readonly protocol: string };

function ofService(service: Manifest, pods: readonly LivePod[]): Candidate[] {
  const { name, namespace = 'default' } = service.metadata;
  const address = textAt(service, 'spec', 'clusterIP') ?? '';
  return listAt(service, 'spec', 'ports').flatMap((one) => {
    const port = Number(at(one, 'port'));
    const target = { protocol: protocolOf(one), service: true };
    const label = `Service ${namespace}/${name}:${port}`;
    if (address && address !== 'None') return [{ ...target, name: label, address, port }];
    // Of a Service without an address of its own, DNS returns its endpoints'.
    return endpointsOf(service, one, pods).map((endpoint) => ({
      ...target,
      name: `${label} at ${endpoint.pod.name}`,
      address: endpoint.pod.address,
      port: endpoint.port,
    }));
  });
}

function ofPod(pod: LivePod): Candidate[] {
  return pod.ports.map((one) => ({
    name: `Pod ${pod.name}:${one.containerPort}`,
    address: pod.address,
    port: one.containerPort,
    protocol: protocolOf(one),
    service: false,
  }));
}

function reasonAgainst({ protocol, port }: Candidate): string | undefined {
  const known: readonly string[] = ['TCP', 'UDP'] satisfies Protocol[];
  if (!known.includes(protocol)) return `${protocol} is not tried`;
  if (protocol === 'UDP' && port !== DNS) return 'without an answer, an open UDP port looks like a denied one';
  return undefined;
}

/** Joins targets that are one: a headless Service's endpoint is also a pod's port. */
function distinct(targets: readonly Target[]): Target[] {
  const byKey = new Map<string, Target>();
  for (const target of targets) {
    const known = byKey.get(keyOf(target));
    byKey.set(
      keyOf(target),
      known ? { ...known, name: `${known.name} = ${target.name}`, service: known.service || target.service } : target,
    );
  }
  return [...byKey.values()];
}
