import { z } from 'zod';
import type { Component } from '../../component.ts';
import { Fault, suggest, throwIfAny } from '../../fault.ts';
import { podSpecOf } from '../../kinds/references.ts';
import { COMPONENT, INSTANCE, NAME } from '../../lib/labels.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import {
  API_SERVER,
  connect,
  type Endpoint,
  HTTPS_ANYWHERE,
  metadataRangeOf,
  type Opening,
  type Openings,
  withoutMetadata,
} from '../../lib/network.ts';
import type { WorkloadConnections } from './settings.ts';

/** A workload of a source, with the policy of its pods. */
export interface PolicedWorkload {
  readonly object: Manifest;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
}

/** One end of a connection that is no workload: keywords of the settings. */
const GATEWAY = 'gateway';
const API = 'api-server';
const INTERNET = 'internet';

const cidr = z.union([z.cidrv4(), z.cidrv6()]);

/**
 * Gives the pods of each workload a NetworkPolicy of its own, with the connections that the settings list.
 *
 * @param gateway the gateway's pods, if the entry has a host
 * @throws Fault for a workload, a peer or a port that does not exist
 */
export function police(
  component: Component,
  objects: readonly Manifest[],
  network: Readonly<Record<string, WorkloadConnections>>,
  gateway: Endpoint | undefined,
): PolicedWorkload[] {
  const workloads = objects.filter((object) => podSpecOf(object) !== undefined);
  const names = workloads.map(({ metadata }) => metadata.name);
  throwIfAny(
    Object.keys(network)
      .filter((name) => !names.includes(name))
      .map((name) => ({
        what: `"${component.name}" has no workload "${name}"`,
        where: `manifests.${component.name}.network`,
        seen: name,
        fix: suggest(name, names),
      })),
  );
  const policed = workloads.map((object, i) => {
    const { name } = object.metadata;
    // Two kinds of workload may share a name, but not a policy.
    const policy = names.indexOf(name) === i ? name : `${name}-${object.kind.toLowerCase()}`;
    return workload(component, object, policy, network[name]);
  });
  const link = new Connections(component.name, policed, gateway);
  for (const { object, endpoint } of policed) link.connectAll(object.metadata.name, endpoint, network);
  return policed;
}

function workload(
  component: Component,
  object: Manifest,
  policy: string,
  connections: WorkloadConnections | undefined,
): PolicedWorkload {
  const podLabels = (podSpecOf(object)?.labels ?? {}) as Readonly<Record<string, string>>;
  const ports = Object.fromEntries(containerPorts(object).map(({ port }) => [String(port), port]));
  const openings = {
    ingress: connections?.ingress.flatMap(({ from, ports: tcp }) => clientsAt(from, tcp)),
    egress: connections?.egress.flatMap(({ to, ports: tcp }) => openingOf(to, tcp)),
  };
  return {
    object,
    podLabels,
    endpoint: component.endpoint(policy, policySelector(object, podLabels), openings, ports),
  };
}

/** The labels of a workload's own selector, and those that tell it from the other workloads of the component. */
function policySelector(object: Manifest, podLabels: Readonly<Record<string, string>>): Record<string, string> {
  const selector = Object.keys(at(object, 'spec', 'selector', 'matchLabels') ?? {});
  const keys = [...new Set([NAME, INSTANCE, COMPONENT, ...selector])];
  return Object.fromEntries(keys.flatMap((key) => (podLabels[key] === undefined ? [] : [[key, podLabels[key]]])));
}

/** The TCP ports that an object's containers declare, with their names. */
export function containerPorts(object: Manifest): { readonly port: number; readonly name: string | undefined }[] {
  return listAt(podSpecOf(object)?.spec, 'containers')
    .flatMap((container) => listAt(container, 'ports'))
    .filter((port) => (textAt(port, 'protocol') ?? 'TCP') === 'TCP')
    .map((port) => ({ port: Number(at(port, 'containerPort')), name: textAt(port, 'name') }));
}

/** The opening to a peer without a policy here; none for a workload. */
function openingOf(peer: string, tcp: readonly number[] | undefined): Opening[] {
  if (peer === INTERNET) return [{ ...HTTPS_ANYWHERE, tcp: tcp ?? HTTPS_ANYWHERE.tcp }];
  if (peer === API) return [{ ...API_SERVER, tcp: tcp ?? API_SERVER.tcp }];
  return cidr.safeParse(peer).success ? [{ peers: [withoutMetadata(peer)], tcp }] : [];
}

/** The opening for a client without a policy here; none for a workload or the gateway. */
function clientsAt(peer: string, tcp: readonly number[]): NonNullable<Openings['ingress']> {
  // Webhooks are called from addresses that no fact has: those of the control plane, or of a tunnel's end on the nodes.
  if (peer === API) return [{ tcp }];
  return cidr.safeParse(peer).success ? [{ peers: [{ cidr: peer }], tcp }] : [];
}

/** The connections between workloads of one entry, and from the gateway. */
class Connections {
  private readonly entry: string;
  private readonly workloads: ReadonlyMap<string, Endpoint>;
  private readonly gateway: Endpoint | undefined;

  constructor(entry: string, workloads: readonly PolicedWorkload[], gateway: Endpoint | undefined) {
    this.entry = entry;
    this.workloads = new Map(workloads.map(({ object, endpoint }) => [object.metadata.name, endpoint]));
    this.gateway = gateway;
  }

  connectAll(name: string, endpoint: Endpoint, network: Readonly<Record<string, WorkloadConnections>>): void {
    for (const { from, ports } of network[name]?.ingress ?? []) {
      this.checkPorts(name, endpoint, ports);
      const client = this.peer(name, from, [GATEWAY, API]);
      if (client) for (const port of ports) connect(client, endpoint, String(port));
    }
    for (const { to, ports } of network[name]?.egress ?? []) {
      const server = this.peer(name, to, [INTERNET, API]);
      if (ports === undefined && to !== INTERNET && to !== API) throw this.fault(name, 'has egress without ports', to);
      if (server) for (const port of ports ?? []) connect(endpoint, server, String(port));
    }
  }

  /** The endpoint of a peer; none for one that only has an opening. @throws Fault if there is no such peer */
  private peer(name: string, peer: string, keywords: readonly string[]): Endpoint | undefined {
    if (peer === GATEWAY && keywords.includes(GATEWAY)) {
      if (this.gateway) return this.gateway;
      throw this.fault(name, 'is called by the gateway, but the entry has no host', peer, 'add "host" to the entry');
    }
    if (cidr.safeParse(peer).success) this.checkRange(name, peer);
    if (keywords.includes(peer) || cidr.safeParse(peer).success) return undefined;
    const found = this.workloads.get(peer);
    if (found) return found;
    const known = [...keywords, ...this.workloads.keys()];
    throw this.fault(name, 'has a connection with an unknown peer', peer, `${suggest(peer, known)} Or a CIDR range`);
  }

  /** Whoever may call a metadata service may have the credentials of the node. */
  private checkRange(name: string, range: string): void {
    const metadata = metadataRangeOf(range);
    if (metadata === undefined) return;
    throw this.fault(
      name,
      `has a connection with ${metadata}: link-local addresses and metadata services of clouds, which give the credentials of the node`,
      range,
      'give its ServiceAccount an identity of its own at the cloud',
    );
  }

  private checkPorts(name: string, { ports: known }: Endpoint, ports: readonly number[]): void {
    for (const port of ports)
      if (known[String(port)] === undefined)
        throw this.fault(
          name,
          'has ingress on a port that none of its containers declares',
          String(port),
          suggest(String(port), Object.keys(known)),
        );
  }

  private fault(name: string, what: string, seen: string, fix = 'list the ports of the peer'): Fault {
    return new Fault({ what: `"${name}" ${what}`, where: `manifests.${this.entry}.network.${name}`, seen, fix });
  }
}
