import { readFile } from 'node:fs/promises';
import { at, listAt, textAt } from '../../../../charts/lib/manifest.ts';
import type { Ground, RunningContainer } from '../../../kind/ground.ts';
import { loadFleet } from '../../../lib/load-fleet.ts';
import type { Api, Live } from '../../api.ts';
import { KINDS } from '../../mirror.ts';
import type { Answer, Load, Request } from '../../real/outside.ts';
import { type Checkout, Rehearsal, say } from '../rehearsal.ts';

/** As many nodes as a replica set has members, which do not share any. */
const NODES = 3;

/** A container whose process this one sees. */
export interface RoomContainer extends RunningContainer {
  /** Process id in the room. */
  readonly pid: number;
}

/** The repository's own kind cluster on real nodes. */
export class RealGround implements Ground {
  readonly rehearsal: Rehearsal;

  private constructor(rehearsal: Rehearsal) {
    this.rehearsal = rehearsal;
  }

  /** Starts it; the caller must end it. */
  static async up(name: string): Promise<RealGround> {
    const rehearsal = await Rehearsal.of(name, { clusters: 'own', realNodes: NODES });
    try {
      await rehearsal.lab.nodes.prepare();
      const start = performance.now();
      // Containers start more slowly than they are simulated, and far more so on a machine that does other work.
      await rehearsal.up(600);
      const seconds = (performance.now() - start) / 1000;
      say(`${name} is up on ${NODES} real nodes after ${seconds.toFixed(0)} s`);
      return new RealGround(rehearsal);
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
    return this.lab.real.outside.caller;
  }

  async push(message: string, edit: (checkout: Checkout) => void): Promise<void> {
    edit(this.rehearsal.checkout);
    await this.rehearsal.synthAndPush(message);
  }

  until(what: string, condition: () => Promise<boolean>, seconds?: number): Promise<void> {
    return this.rehearsal.until(what, condition, seconds);
  }

  /** All pods of the cluster that have not ended. */
  async pods(): Promise<Live[]> {
    return (await this.api.list(KINDS.pods)).filter((pod) => !['Succeeded', 'Failed'].includes(phaseOf(pod)));
  }

  /** All containers that are running. */
  async containers(): Promise<RoomContainer[]> {
    const pods = await this.pods();
    const found: RoomContainer[] = [];
    for (const node of this.lab.real.nodes) {
      const pids = await node.containers();
      for (const pod of pods.filter((one) => textAt(one, 'spec', 'nodeName') === node.name))
        for (const container of listAt(pod, 'spec', 'containers')) {
          const name = textAt(container, 'name') ?? '';
          const status = listAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === name);
          const pid = pids.get((textAt(status, 'containerID') ?? '').replace('containerd://', ''));
          if (pid === undefined) continue;
          const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8');
          const signal = async (which: NodeJS.Signals) => void process.kill(pid, which);
          found.push({ pod, container, name, pid, read, signal });
        }
    }
    return found;
  }

  /** Paths of the network namespaces of all pods, by the pods' uids. */
  async networks(): Promise<Map<string, string>> {
    const containers = await this.containers();
    return new Map(containers.map(({ pod, pid }) => [pod.metadata.uid, `/proc/${pid}/ns/net`]));
  }

  /** Hosts of all routes, with the namespaces of the routes. */
  hosts(): Promise<RouteHost[]> {
    return hostsOf(this.api);
  }

  /** PEM of the authority that the gateway's certificate must be signed by. */
  async authority(): Promise<string> {
    const secret = await this.api.get('/api/v1/namespaces/gateway/secrets/wildcard');
    return Buffer.from(textAt(secret, 'data', 'ca.crt') ?? '', 'base64').toString();
  }

  /** A request from outside of the cluster, to the port of the node that receives all requests. */
  async call(host: string, path: string, more: Pick<Request, 'headers' | 'body'> = {}): Promise<Answer> {
    return this.lab.real.outside.request({ ...(await this.target(host, path)), ...more });
  }

  /** Requests from outside of the cluster until they are ended. */
  async load(host: string, path: string, connections: number, interval: number): Promise<Load> {
    return this.lab.real.outside.load(await this.target(host, path), connections, interval);
  }

  /**
   * Waits until all pods are ready and all Applications are Synced and Healthy. Argo CD compares again after three minutes
   * what it could not while a webhook was away.
   */
  async settled(seconds = 420): Promise<void> {
    await this.rehearsal.until('every pod is ready', async () => (await this.unready()).length === 0, seconds);
    await this.lab.settled(seconds);
  }

  /** Pods that are not ready. */
  async unready(): Promise<string[]> {
    return (await this.pods()).filter((pod) => !isReady(pod)).map(nameOf);
  }

  private async target(host: string, path: string) {
    const gateway = (await this.pods()).find(({ metadata }) => metadata.namespace === 'gateway');
    const node = this.lab.real.nodes.find(({ name }) => name === textAt(gateway, 'spec', 'nodeName'));
    const service = await this.api.get('/api/v1/namespaces/gateway/services/gateway');
    const port = listAt(service, 'spec', 'ports').find((one) => textAt(one, 'name') === 'websecure');
    const address = `${node?.address}:${String(at(port, 'nodePort'))}`;
    return { url: `https://${host}${path}`, address, ca: await this.authority() };
  }
}

/** A host of a route, with the route's namespace. */
export interface RouteHost {
  readonly host: string;
  readonly namespace: string;
}

/** Hosts of all routes of a cluster. */
export async function hostsOf(api: Api): Promise<RouteHost[]> {
  const routes = await api.list('/apis/gateway.networking.k8s.io/v1/httproutes');
  return routes.flatMap((route) =>
    listAt(route, 'spec', 'hostnames').map((host) => ({
      host: String(host),
      namespace: route.metadata.namespace ?? '',
    })),
  );
}

/** Namespace and name of a pod. */
export function nameOf({ metadata }: Live): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** True if a pod is ready. */
export function isReady(pod: Live): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
}

/** Restarts of all containers of a pod. */
export function restartsOf(pod: Live): number {
  return listAt(pod, 'status', 'containerStatuses').reduce<number>(
    (sum, status) => sum + Number(at(status, 'restartCount') ?? 0),
    0,
  );
}

/** The fields of the file `/proc/<pid>/status`. */
export function fieldsOf(status: string): ReadonlyMap<string, string> {
  return new Map(status.split('\n').map((line) => line.split(/:\s*/, 2) as [string, string]));
}

function phaseOf(pod: Live): string {
  return textAt(pod, 'status', 'phase') ?? '';
}

/** The cluster of the repository that runs on a developer's machine; a fork may have none. */
export async function kindCluster(): Promise<string | undefined> {
  return (await loadFleet()).find(({ cloud }) => cloud.kind === 'kind')?.name;
}

/** The host of a service's route. A fork may have removed the service: then the test is skipped. */
export async function hostOf(ground: Ground, service: string, skip: (note: string) => never): Promise<string> {
  const host = (await ground.hosts()).find(({ namespace }) => namespace === service)?.host;
  return host ?? skip(`the cluster has no service ${service}`);
}
