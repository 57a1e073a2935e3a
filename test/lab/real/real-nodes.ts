import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Cluster } from '../../../charts/cluster-file.ts';
import { podSpecOf } from '../../../charts/kinds/references.ts';
import { listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { Kit } from '../build.ts';
import { loadBalancerIp, type Provision } from '../clouds.ts';
import { type ControlPlane, LAB_MANAGER } from '../control-plane.ts';
import type { Registry } from '../images/registry.ts';
import type { BuiltImage } from '../images/store.ts';
import type { Mirror } from '../mirror.ts';
import type { Network } from '../network.ts';
import type { Nodes } from '../nodes.ts';
import type { Authority } from '../pki.ts';
import type { Processes } from '../processes.ts';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import type { StandIn } from '../stand-ins/stand-in.ts';
import { IMAGES_WITHOUT_DIGESTS } from './digests.ts';
import { Disks } from './disks.ts';
import { clusterDns, DNS_IMAGE } from './dns.ts';
import { open, type Room, ROOM_ADDRESS } from './doors.ts';
import { PAUSE_IMAGE } from './containerd.ts';
import { type NodeProps, podRangeOf, RealNode } from './node.ts';
import { LoadBalancerStandIn } from './load-balancer.ts';
import { hostsElsewhere, type Names } from './names.ts';
import { LAB_ADDRESS, Outside } from './outside.ts';
import { unpack } from './unpacked.ts';

/** What real nodes need. */
export interface RealNodesProps {
  readonly folder: string;
  readonly room: Room;
  readonly kit: Kit;
  readonly cluster: Pick<Cluster, 'cloud' | 'settings'>;
  readonly authority: Authority;
  readonly processes: Processes;
  readonly plane: ControlPlane;
  readonly mirror: Mirror;
  readonly provision: Provision;
  readonly registry: Registry;
  /** All objects of the cluster in dist. */
  readonly manifests: readonly Manifest[];
  /** Receives progress messages. */
  readonly say: (line: string) => void;
  readonly network: Network;
  /** Number of nodes. */
  readonly count: number;
  /** Hosts outside of the cluster that the lab serves. */
  readonly hosts: readonly string[];
  readonly names: Names;
  /** Receives failures, which are tried again. */
  readonly note: (part: object, error: unknown) => void;
}

/** Real nodes, which run the images that the lab makes, and a network around them. */
export class RealNodes implements Nodes {
  readonly nodes: RealNode[] = [];
  readonly outside: Outside;
  readonly names: Names;
  private readonly props: RealNodesProps;
  private preparing: Promise<Prepared> | undefined;
  private standIns: readonly StandIn[] = [];
  private readonly doors: Server[] = [];

  constructor(props: RealNodesProps) {
    this.props = props;
    this.names = props.names;
    this.outside = new Outside(props.processes);
    const { room } = props;
    for (const door of ['api', 'argocd'] as const) this.doors.push(open(room, door, '127.0.0.1', room.doors[door]));
  }

  async prepare(): Promise<void> {
    await this.prepared();
  }

  private prepared(): Promise<Prepared> {
    return (this.preparing ??= this.prepareImages());
  }

  /** Makes the images that the cluster asks for, serves them, and unpacks them. */
  private async prepareImages(): Promise<Prepared> {
    const { registry, manifests, kit, processes, folder: nodes, say } = this.props;
    const images = new Set<BuiltImage>();
    const later = imagesOfControllers(manifests).filter((reference) => registry.find(reference));
    for (const reference of [PAUSE_IMAGE, DNS_IMAGE, ...imagesOf(manifests), ...later]) {
      const image = registry.find(reference);
      if (image) images.add(await registry.prepare(image));
      else say(`note: the lab does not make ${reference}; its pods will not start`);
    }
    const [port = 0] = await freePorts(1);
    await registry.listen(ROOM_ADDRESS, port);
    const url = `http://${ROOM_ADDRESS}:${port}`;
    const unpacked = await unpack({ kit, processes, nodes, registry: url, images: [...images], say }).catch(
      (error: unknown) => {
        say(`note: each node unpacks its images by itself: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      },
    );
    return { registry: url, unpacked };
  }

  async start(): Promise<void> {
    const { room, kit, processes, plane, mirror, provision, network, hosts } = this.props;
    const prepared = await this.prepared();
    await this.outside.create();
    await network.expose(LAB_ADDRESS, 443);
    await this.names.start(kit, processes, { ...addressed(hosts, LAB_ADDRESS), ...this.hostsOfPeople() });
    this.nodes.push(...this.newNodes(prepared));
    await Promise.all(this.nodes.map((node) => node.create(this.nodes)));
    for (const object of [...IMAGES_WITHOUT_DIGESTS, ...clusterDns(LAB_ADDRESS)])
      await plane.api.apply(object, { manager: LAB_MANAGER });
    await Promise.all(this.nodes.map((node, i) => this.startNode(node, i)));
    const cluster = { api: plane.api, mirror };
    this.standIns = [new Disks(cluster, this.nodes), new LoadBalancerStandIn(cluster, provision)];
    const { http, https } = this.entrances();
    this.doors.push(open(room, 'http', http.address, http.port), open(room, 'https', https.address, https.port));
  }

  private newNodes(prepared: Prepared): RealNode[] {
    const { folder, room, kit, authority, processes, plane, count, cluster } = this.props;
    const pods = podRangeOf(cluster.cloud);
    return Array.from({ length: count }, (_, i) => {
      const number = i + 1;
      const own = join(folder, 'nodes', `node-${number}`);
      return new RealNode({ number, room, kit, authority, processes, plane, pods, folder: own, ...prepared });
    });
  }

  /** Starts a node, and gives it what a cloud would. */
  private async startNode(node: RealNode, index: number): Promise<void> {
    const { nodeLabels, firstNodeLabels, region, zones, providerId } = this.props.provision;
    const zone = zones[index % zones.length] ?? zones[0];
    await node.start(
      { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone },
      providerId(zone, node.name),
    );
    await node.ready();
    const labels = { ...nodeLabels, ...(index === 0 && firstNodeLabels) };
    await this.props.plane.api.merge(`/api/v1/nodes/${node.name}`, { metadata: { labels } });
  }

  async reconcile(): Promise<void> {
    for (const part of this.standIns) await part.reconcile().catch((error: unknown) => this.props.note(part, error));
  }

  /** Addresses of hosts of routes that are in no zone of the cluster, as people would write them. */
  private hostsOfPeople(): Readonly<Record<string, string>> {
    const { provision, cluster, manifests } = this.props;
    const address = loadBalancerIp(provision);
    return address === undefined ? {} : addressed(hostsElsewhere(manifests, cluster.settings.domain), address);
  }

  /** Where requests from outside enter the cluster. */
  entrances(): Readonly<Record<'http' | 'https', { readonly address: string; readonly port: number }>> {
    const { provision, cluster } = this.props;
    const { web = 80, websecure = 443 } = cluster.cloud.loadBalancer.nodePorts ?? {};
    const address = loadBalancerIp(provision) ?? this.nodes[0]?.address ?? '';
    return { http: { address, port: web }, https: { address, port: websecure } };
  }

  forget(): void {
    this.nodes.length = 0;
  }

  close(): void {
    for (const door of this.doors) door.close();
    this.props.registry.close();
  }

  addresses(): Readonly<Record<string, string>> {
    const { doors } = this.props.room;
    return { 'the gateway, HTTPS': `127.0.0.1:${doors.https}`, 'the gateway, HTTP': `127.0.0.1:${doors.http}` };
  }
}

/** What nodes have their images from. */
type Prepared = Pick<NodeProps, 'registry' | 'unpacked'>;

function addressed(hosts: readonly string[], address: string): Readonly<Record<string, string>> {
  return Object.fromEntries(hosts.map((host) => [host, address]));
}

/** References of all images of workloads. */
function imagesOf(manifests: readonly Manifest[]): string[] {
  return [...new Set(containersOf(manifests).flatMap((container) => textAt(container, 'image') ?? []))];
}

/** What may be references of images of the pods that controllers make: `image` of their resources, and their arguments. */
function imagesOfControllers(manifests: readonly Manifest[]): string[] {
  const asked = manifests.flatMap((manifest) => textAt(manifest, 'spec', 'image') ?? []);
  const args = containersOf(manifests).flatMap((container) => listAt(container, 'args').map(String));
  return [...asked, ...args.flatMap((arg) => /^--[\w-]+=(?<value>\S+\/\S+:\S+)$/.exec(arg)?.groups?.['value'] ?? [])];
}

function containersOf(manifests: readonly Manifest[]): unknown[] {
  const pods = manifests.flatMap((manifest) => podSpecOf(manifest)?.spec ?? []);
  return pods.flatMap((spec) => [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]);
}
