import { readFile } from 'node:fs/promises';
import { loadFleet } from '../../../lib/load-fleet.ts';
import { type Checkout, type Clusters, Rehearsal, say } from '../rehearsal.ts';
import { Ground, type RunningContainer } from './ground.ts';

/** As many nodes as a replica set has members, which do not share any. */
const NODES = 3;

/** A container whose process this one sees. */
export interface RoomContainer extends RunningContainer {
  /** Process id in the room. */
  readonly pid: number;
}

/** A cluster on real nodes. */
export class RealGround extends Ground {
  readonly rehearsal: Rehearsal;

  private constructor(rehearsal: Rehearsal) {
    super();
    this.rehearsal = rehearsal;
  }

  /** Starts a cluster of the repository, or of the product tests; the caller must end it. */
  static async up(name: string, clusters: Clusters = 'own'): Promise<RealGround> {
    const rehearsal = await Rehearsal.of(name, { clusters, realNodes: NODES });
    try {
      await rehearsal.lab.nodes.prepare();
      const start = performance.now();
      // Containers start more slowly than they are simulated, and far more so on a machine that does other work.
      await rehearsal.up(600);
      const seconds = (performance.now() - start) / 1000;
      say(`${name} is up on ${NODES} real nodes after ${seconds.toFixed(0)} s`);
      const ground = new RealGround(rehearsal);
      await ground.settled();
      return ground;
    } catch (error) {
      await rehearsal.end();
      throw error;
    }
  }

  get lab() {
    return this.rehearsal.lab;
  }

  get api() {
    return this.lab.plane.api;
  }

  get cluster() {
    return this.lab.props.cluster.name;
  }

  get caller() {
    return this.outside.caller;
  }

  protected get outside() {
    return this.lab.real.outside;
  }

  async push(message: string, edit: (checkout: Checkout) => void): Promise<void> {
    edit(this.rehearsal.checkout);
    await this.rehearsal.synthAndPush(message);
  }

  until(what: string, condition: () => Promise<boolean>, seconds: number): Promise<void> {
    return this.rehearsal.until(what, condition, seconds);
  }

  async containers(): Promise<RoomContainer[]> {
    const running = await this.running();
    const pids = new Map<string, number>();
    for (const node of this.lab.real.nodes) for (const [id, pid] of await node.containers()) pids.set(id, pid);
    return running.flatMap(({ id, ...found }) => {
      const pid = pids.get(id);
      if (pid === undefined) return [];
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8');
      const signal = async (which: NodeJS.Signals) => void process.kill(pid, which);
      return [{ ...found, pid, read, signal }];
    });
  }

  /** Paths of the network namespaces of all pods, by the pods' uids. */
  async networks(): Promise<Map<string, string>> {
    const containers = await this.containers();
    return new Map(containers.map(({ pod, pid }) => [pod.metadata.uid, `/proc/${pid}/ns/net`]));
  }

  protected synced(seconds: number) {
    return this.lab.settled(seconds);
  }

  protected address(): Promise<string> {
    const { address, port } = this.lab.real.entrances().https;
    return Promise.resolve(`${address}:${port}`);
  }

  /** The cluster's own, or the lab's in Let's Encrypt's place. */
  protected override async authority(): Promise<string> {
    return this.lab.props.cluster.cloud.zone === undefined ? super.authority() : this.api.access.ca;
  }
}

/** The cluster of the repository that runs on a developer's machine; a fork may have none. */
export async function kindCluster(): Promise<string | undefined> {
  return (await loadFleet()).find(({ cloud }) => cloud.kind === 'kind')?.name;
}
