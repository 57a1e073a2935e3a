import { at, listAt, textAt } from '../../../../charts/lib/manifest.ts';
import type { Api, Live } from '../../api.ts';
import { isReady } from '../../conditions.ts';
import { KINDS } from '../../mirror.ts';
import type { Answer, Load, Outside, Request } from '../../real/outside.ts';
import type { Checkout } from '../rehearsal.ts';

/** A container, as its pod declares it. */
interface DeclaredContainer {
  readonly pod: Live;
  /** Its declaration in the pod. */
  readonly container: unknown;
  readonly name: string;
}

/** A container that is running. */
export interface RunningContainer extends DeclaredContainer {
  /** Reads a file of its process in `/proc/<pid>`. */
  readonly read: (file: string) => Promise<string>;
  /** Sends its process a signal, from outside of the container: `SIGKILL`. */
  readonly signal: (name: NodeJS.Signals) => Promise<void>;
}

/** A host of a route, with the route's namespace. */
export interface RouteHost {
  readonly host: string;
  readonly namespace: string;
}

/** A cluster that runs containers, as scenarios see it. */
export abstract class Ground {
  abstract readonly api: Api;
  /** Name of the cluster in `clusters/`. */
  abstract readonly cluster: string;
  /** The caller's address as the cluster must see it; undefined where it is replaced on the way. */
  abstract readonly caller: string | undefined;
  /** Sends requests from outside of the cluster. */
  protected abstract readonly outside: Pick<Outside, 'request' | 'load'>;

  /** All pods that have not ended; the control plane is not among them. */
  async pods(): Promise<Live[]> {
    return (await this.api.list(KINDS.pods)).filter(
      (pod) =>
        !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '') &&
        !pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Node'),
    );
  }

  /** All containers of these pods that are running, but for pods that are being deleted. */
  abstract containers(): Promise<RunningContainer[]>;

  /** Hosts of all routes, with the namespaces of the routes. */
  async hosts(): Promise<RouteHost[]> {
    const routes = await this.api.list('/apis/gateway.networking.k8s.io/v1/httproutes');
    return routes.flatMap((route) =>
      listAt(route, 'spec', 'hostnames').map((host) => ({
        host: String(host),
        namespace: route.metadata.namespace ?? '',
      })),
    );
  }

  /** A request from outside of the cluster. */
  async call(host: string, path: string, more: Pick<Request, 'headers' | 'body'> = {}): Promise<Answer> {
    return this.outside.request({ ...(await this.target(host, path)), ...more });
  }

  /** Requests from outside of the cluster until they are ended. */
  async load(host: string, path: string, connections: number, interval: number): Promise<Load> {
    return this.outside.load(await this.target(host, path), connections, interval);
  }

  /** Edits the checkout, renders, commits and pushes; Argo CD is told. */
  abstract push(message: string, edit: (checkout: Checkout) => void): Promise<void>;

  /** Waits until the condition is true. @throws Error naming it */
  abstract until(what: string, condition: () => Promise<boolean>, seconds: number): Promise<void>;

  /**
   * Waits until all pods are ready, all Applications are Synced and Healthy, and all hosts answer. Argo CD compares again
   * after three minutes what it could not while a webhook was away. The gateway learns later than the API server which pods
   * are ready, most of all when it has just been started itself.
   *
   * @throws Error naming the hosts that do not answer
   */
  async settled(seconds = 420): Promise<void> {
    await this.until('every pod is ready', async () => (await this.pods()).every(isReady), seconds);
    await this.synced(seconds);
    let unanswered: string[] = [];
    const answering = this.until(
      'every host answers',
      async () => {
        unanswered = await this.unanswered();
        return unanswered.length === 0;
      },
      seconds,
    );
    await answering.catch((error: unknown) => {
      throw new Error(`no answer of ${unanswered.join(', ')}`, { cause: error });
    });
  }

  /** Waits until all Applications are Synced and Healthy. */
  protected abstract synced(seconds: number): Promise<unknown>;

  /** Where the gateway is reached from outside of the cluster, as `address:port`. */
  protected abstract address(): Promise<string>;

  /** Containers that are running as the statuses of pods that stay say, with their nodes and their ids in containerd. */
  protected async running(): Promise<(DeclaredContainer & { readonly node: string; readonly id: string })[]> {
    const staying = (await this.pods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return staying.flatMap((pod) =>
      listAt(pod, 'spec', 'containers').flatMap((container) => {
        const name = textAt(container, 'name') ?? '';
        const status = listAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === name);
        if (textAt(status, 'state', 'running', 'startedAt') === undefined) return [];
        const id = (textAt(status, 'containerID') ?? '').replace('containerd://', '');
        return [{ pod, container, name, node: textAt(pod, 'spec', 'nodeName') ?? '', id }];
      }),
    );
  }

  /** PEM of the authority that signs the gateway's certificates. */
  protected async authority(): Promise<string> {
    const secret = await this.api.get('/api/v1/namespaces/gateway/secrets/wildcard');
    return Buffer.from(textAt(secret, 'data', 'ca.crt') ?? '', 'base64').toString();
  }

  /** Hosts that the gateway does not answer for, or only with an error of a server, and what came instead. */
  private async unanswered(): Promise<string[]> {
    const all = (await this.hosts()).map(async ({ host }) => {
      const outcome = await this.call(host, '/').then(
        ({ status }) => status,
        (error: unknown) => String(error),
      );
      return typeof outcome === 'number' && outcome < 500 ? [] : [`${host} (${outcome})`];
    });
    return (await Promise.all(all)).flat();
  }

  /** A request for a URL of the gateway. */
  private async target(host: string, path: string): Promise<Request> {
    return { url: `https://${host}${path}`, address: await this.address(), ca: await this.authority() };
  }
}

/** Namespace and name of a pod. */
export function nameOf({ metadata }: Live): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Restarts of a container of a pod, or of all. */
export function restartsOf(pod: Live, container?: string): number {
  return listAt(pod, 'status', 'containerStatuses')
    .filter((status) => container === undefined || textAt(status, 'name') === container)
    .reduce<number>((sum, status) => sum + Number(at(status, 'restartCount') ?? 0), 0);
}

/** The fields of the file `/proc/<pid>/status`. */
export function fieldsOf(status: string): ReadonlyMap<string, string> {
  return new Map(status.split('\n').map((line) => line.split(/:\s*/, 2) as [string, string]));
}

/** The host of a service's route. A fork may have removed the service: then the test is skipped. */
export async function hostOf(ground: Ground, service: string, skip: (note: string) => never): Promise<string> {
  const host = (await ground.hosts()).find(({ namespace }) => namespace === service)?.host;
  return host ?? skip(`the cluster has no service ${service}`);
}
