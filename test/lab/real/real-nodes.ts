import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Kit } from '../build.ts';
import type { Provision } from '../clouds.ts';
import { type ControlPlane, LAB_MANAGER } from '../control-plane.ts';
import type { Registry } from '../images/registry.ts';
import type { Mirror } from '../mirror.ts';
import type { Network } from '../network.ts';
import type { Nodes } from '../nodes.ts';
import type { Authority } from '../pki.ts';
import type { Processes } from '../processes.ts';
import { freePorts } from '../ports.ts';
import { Disks } from './disks.ts';
import { clusterDns, DNS_IMAGE } from './dns.ts';
import { open, type Room, ROOM_ADDRESS } from './doors.ts';
import { PAUSE_IMAGE, RealNode } from './node.ts';
import { Outside } from './outside.ts';

/** What real nodes need. */
export interface RealNodesProps {
  readonly folder: string;
  readonly room: Room;
  readonly kit: Kit;
  readonly authority: Authority;
  readonly processes: Processes;
  readonly plane: ControlPlane;
  readonly mirror: Mirror;
  readonly provision: Provision;
  readonly registry: Registry;
  /** References of the images that the cluster's pods have. */
  readonly images: readonly string[];
  /** Receives progress messages. */
  readonly say: (line: string) => void;
  readonly network: Network;
  /** Number of nodes. */
  readonly count: number;
  /** Hosts outside of the cluster that the lab serves. */
  readonly hosts: readonly string[];
  /** Receives failures, which are tried again. */
  readonly note: (part: object, error: unknown) => void;
}

/** Real nodes, which run the images that the lab makes, and a network around them. */
export class RealNodes implements Nodes {
  readonly nodes: RealNode[] = [];
  readonly outside: Outside;
  private readonly props: RealNodesProps;
  private disks: Disks | undefined;
  private readonly doors: Server[] = [];

  constructor(props: RealNodesProps) {
    this.props = props;
    this.outside = new Outside(props.processes);
    const { room } = props;
    for (const door of ['api', 'argocd'] as const) this.doors.push(open(room, door, '127.0.0.1', room.doors[door]));
  }

  async prepare(): Promise<void> {
    const { registry, images, say } = this.props;
    for (const reference of [PAUSE_IMAGE, DNS_IMAGE, ...images]) {
      const image = registry.find(reference);
      if (image) await registry.prepare(image);
      else say(`note: the lab does not make ${reference}; its pods will not start`);
    }
  }

  async start(): Promise<void> {
    const { folder, room, kit, authority, processes, plane, mirror } = this.props;
    const { provision, registry, network, count, hosts } = this.props;
    const [port = 0] = await freePorts(1);
    await registry.listen(ROOM_ADDRESS, port);
    await this.outside.create();
    await network.expose(this.outside.labAddress, 443);
    const { nodeLabels, firstNodeLabels, region, zones, providerId } = provision;
    for (let number = 1; number <= count; number++)
      this.nodes.push(
        new RealNode({
          number,
          room,
          kit,
          authority,
          processes,
          plane,
          registry: port,
          folder: join(folder, 'nodes', `node-${number}`),
        }),
      );
    await Promise.all(this.nodes.map((node) => node.create(this.nodes)));
    for (const object of clusterDns(Object.fromEntries(hosts.map((host) => [host, this.outside.labAddress]))))
      await plane.api.apply(object, { manager: LAB_MANAGER });
    await Promise.all(
      this.nodes.map(async (node, i) => {
        const zone = zones[i % zones.length] ?? zones[0];
        await node.start(
          { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone },
          providerId(zone, node.name),
        );
        await node.ready();
        const labels = { ...nodeLabels, ...(i === 0 && firstNodeLabels) };
        await plane.api.merge(`/api/v1/nodes/${node.name}`, { metadata: { labels } });
      }),
    );
    this.disks = new Disks({ api: plane.api, mirror }, this.nodes);
    const { gateway } = this;
    this.doors.push(open(room, 'http', gateway, 30080), open(room, 'https', gateway, 30443));
  }

  async reconcile(): Promise<void> {
    const { disks } = this;
    await disks?.reconcile().catch((error: unknown) => this.props.note(disks, error));
  }

  /** Address of the node that receives requests from outside. */
  get gateway(): string {
    return this.nodes[0]?.address ?? '';
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
