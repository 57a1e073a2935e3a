import { preinstalledOn } from '../../charts/cloud/cloud.ts';
import type { Cluster } from '../../charts/cluster-file.ts';
import type { Kit } from './build.ts';
import { nodesOf, type Provision } from './clouds.ts';
import type { ControlPlane } from './control-plane.ts';
import { Kubelet } from './kubelet.ts';
import type { Mirror } from './mirror.ts';
import type { Network } from './network.ts';
import type { Nodes } from './nodes.ts';
import type { Processes } from './processes.ts';
import { RealPrograms } from './real-programs.ts';
import { CloudStandIn } from './stand-ins/cloud.ts';
import { ExternalSecretsStandIn } from './stand-ins/external-secrets.ts';
import type { StandIn } from './stand-ins/stand-in.ts';
import { VeleroStandIn } from './stand-ins/velero.ts';
import { podCertificate, podHandler } from './stand-ins/webhooks.ts';

/** What simulated nodes need. */
export interface SimulatedNodesProps {
  readonly folder: string;
  readonly kit: Kit;
  readonly cluster: Pick<Cluster, 'cloud' | 'settings'>;
  readonly processes: Processes;
  readonly plane: ControlPlane;
  readonly mirror: Mirror;
  readonly network: Network;
  readonly provision: Provision;
  /** Added to the environment of real programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives failures, which are tried again. */
  readonly note: (part: object, error: unknown) => void;
}

/** Nodes and pods by KWOK: some pods' programs run as processes on loopback, others are simulated. */
export class SimulatedNodes implements Nodes {
  readonly kubelet: Kubelet;
  private readonly props: SimulatedNodesProps;
  private readonly programs: RealPrograms;
  private readonly standIns: readonly StandIn[];

  constructor(props: SimulatedNodesProps) {
    const { folder, kit, cluster, processes, plane, mirror, network, provision, environment } = props;
    const { api } = plane;
    this.props = props;
    this.programs = new RealPrograms(folder, api, kit, processes, environment);
    this.kubelet = new Kubelet(api, mirror, this.programs);
    network.simulatePods({
      find: (ip, port) => this.kubelet.portOf(ip, port),
      certificate: (name) => podCertificate(mirror, name),
      handler: podHandler(mirror),
    });
    this.standIns = [
      new CloudStandIn({ api, mirror }, provision),
      new ExternalSecretsStandIn({ api, mirror }, preinstalledOn(cluster)),
      new VeleroStandIn({ api, mirror }),
    ];
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async start(): Promise<void> {
    await this.props.plane.simulate(nodesOf(this.props.provision));
  }

  async reconcile(): Promise<void> {
    for (const part of [this.kubelet, ...this.standIns])
      await part.reconcile().catch((error: unknown) => this.props.note(part, error));
  }

  forget(): void {
    this.programs.forget();
  }

  close(): void {
    // All are processes of the lab.
  }

  addresses(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.programs
        .list()
        .flatMap(({ workload, ports }) =>
          [...ports].map(([port, local]) => [`${workload} port ${port}`, `127.0.0.1:${local}`]),
        ),
    );
  }
}
