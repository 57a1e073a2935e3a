import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import { type Api, type Live, pause } from '../lab/api.ts';
import { KINDS } from '../lab/mirror.ts';
import type { Answer, Load, Outcome, Request } from '../lab/real/outside.ts';
import { hostsOf, isReady, type RouteHost } from '../lab/scenarios/real/ground.ts';
import { Checkout } from '../lab/scenarios/rehearsal.ts';
import { connectApi, pushHead, refresh, remote, settled } from './cluster.ts';
import { loadServiceImages } from './images.ts';
import { CLUSTER } from './place.ts';
import { output } from './programs.ts';

/** A container that is running. */
export interface RunningContainer {
  readonly pod: Live;
  /** Its declaration in the pod. */
  readonly container: unknown;
  readonly name: string;
  /** Reads a file of its process in `/proc/<pid>`. */
  readonly read: (file: string) => Promise<string>;
  /** Sends its process a signal, from outside of the container: `SIGKILL`. */
  readonly signal: (name: NodeJS.Signals) => Promise<void>;
}

/** A cluster that runs containers, as scenarios see it. */
export interface Ground {
  readonly api: Api;
  /** Name of the cluster in `clusters/`. */
  readonly cluster: string;
  /** The caller's address as the cluster must see it; undefined where it is replaced on the way. */
  readonly caller: string | undefined;
  /** All pods that have not ended; the control plane is not among them. */
  pods(): Promise<Live[]>;
  /** All containers of these pods that are running. */
  containers(): Promise<RunningContainer[]>;
  /** Hosts of all routes, with the namespaces of the routes. */
  hosts(): Promise<RouteHost[]>;
  /** A request from outside of the cluster. */
  call(host: string, path: string, more?: Pick<Request, 'headers' | 'body'>): Promise<Answer>;
  /** Requests from outside of the cluster until they are ended. */
  load(host: string, path: string, connections: number, interval: number): Promise<Load>;
  /** Edits the checkout, renders, commits and pushes; Argo CD is told. */
  push(message: string, edit: (checkout: Checkout) => void): Promise<void>;
  /** Waits until the condition is true. @throws Error naming it */
  until(what: string, condition: () => Promise<boolean>, seconds?: number): Promise<void>;
  /** Waits until all pods are ready and all Applications are Synced and Healthy. */
  settled(seconds?: number): Promise<void>;
}

/** The cluster on kind. */
export class KindGround implements Ground {
  readonly api: Api;
  readonly cluster = CLUSTER;
  /** Docker's port forwarding puts an address of its own in the caller's place. */
  readonly caller = undefined;
  private readonly checkout = new Checkout('own');

  private constructor(api: Api) {
    this.api = api;
  }

  /** Puts HEAD back in place of what earlier scenarios have pushed; the caller must end it. */
  static async connect(): Promise<KindGround> {
    pushHead();
    refresh();
    const ground = new KindGround(connectApi());
    ground.checkout.connect(remote());
    await ground.settled();
    return ground;
  }

  end(): void {
    this.api.close();
    this.checkout.remove();
  }

  async pods(): Promise<Live[]> {
    return (await this.api.list(KINDS.pods)).filter(
      (pod) =>
        !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '') &&
        !pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Node'),
    );
  }

  async containers(): Promise<RunningContainer[]> {
    return (await this.pods()).flatMap((pod) =>
      listAt(pod, 'spec', 'containers').flatMap((container) => {
        const name = textAt(container, 'name') ?? '';
        const status = listAt(pod, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === name);
        if (textAt(status, 'state', 'running', 'startedAt') === undefined) return [];
        const id = (textAt(status, 'containerID') ?? '').replace('containerd://', '');
        // kind's nodes are Docker's containers of the same names.
        const node = (...command: readonly string[]): string =>
          output('docker', ['exec', textAt(pod, 'spec', 'nodeName') ?? '', ...command]);
        const pid = node('crictl', 'inspect', '--output', 'go-template', '--template', '{{.info.pid}}', id).trim();
        return {
          pod,
          container,
          name,
          read: async (file: string) => node('cat', `/proc/${pid}/${file}`),
          signal: async (signal: NodeJS.Signals) => void node('bash', '-c', `kill -${signal} ${pid}`),
        };
      }),
    );
  }

  hosts(): Promise<RouteHost[]> {
    return hostsOf(this.api);
  }

  async call(host: string, path: string, more: Pick<Request, 'headers' | 'body'> = {}): Promise<Answer> {
    return JSON.parse(await send({ ...(await this.target(host, path)), ...more }).end()) as Answer;
  }

  async load(host: string, path: string, connections: number, interval: number): Promise<Load> {
    const caller = send({ ...(await this.target(host, path)), connections, interval });
    return { end: async () => JSON.parse(await caller.end()) as Outcome };
  }

  async push(message: string, edit: (checkout: Checkout) => void): Promise<void> {
    edit(this.checkout);
    await this.checkout.synth();
    this.checkout.commit(message);
    loadServiceImages(this.checkout.folder);
    this.checkout.git('push', '--quiet');
    refresh();
  }

  async until(what: string, condition: () => Promise<boolean>, seconds = 180): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await condition().catch(() => false))) {
      if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
      await pause(500);
    }
  }

  async settled(seconds = 300): Promise<void> {
    await this.until('every pod is ready', async () => (await this.pods()).every(isReady), seconds);
    await settled(this.api, seconds);
  }

  /** Whether a pod of a service, whose image has Node, can connect to another pod. */
  async connects(service: string, to: Live | undefined, port: number): Promise<boolean> {
    const from = (await this.pods()).find(({ metadata }) => metadata.namespace === service);
    if (!from || !to) throw new Error(`no pod of ${service}, or none to connect to`);
    const attempt = `net.connect(${port}, '${textAt(to, 'status', 'podIP')}', () => end(true)).on('error', () => end(false));
      const end = (open) => { console.log(open); process.exit(); };
      setTimeout(() => end(false), 5000);`;
    const where = ['--namespace', service, from.metadata.name];
    return output('kubectl', ['exec', ...where, '--', '/nodejs/bin/node', '--eval', attempt]).trim() === 'true';
  }

  /** `bootstrap/kind.yaml` has this machine's port 443 for the gateway's node. */
  private async target(host: string, path: string): Promise<Request> {
    const secret = await this.api.get('/api/v1/namespaces/gateway/secrets/wildcard');
    const ca = Buffer.from(textAt(secret, 'data', 'ca.crt') ?? '', 'base64').toString();
    return { url: `https://${host}${path}`, address: '127.0.0.1:443', ca };
  }
}

/** Starts the lab's caller here. */
function send(request: object): { end(): Promise<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'lab', 'real', 'caller.mjs')]);
  child.stdin.write(`${JSON.stringify(request)}\n`);
  let [answer, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(answer) : reject(new Error(errors))));
  });
  // Observed by whoever ends it.
  ended.catch(() => undefined);
  return {
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}
