import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { textAt } from '../../charts/lib/manifest.ts';
import { type Api, type Live, waitFor } from '../lab/api.ts';
import type { Answer, Load, Outcome, Request } from '../lab/real/outside.ts';
import { Ground, type RunningContainer } from '../lab/scenarios/real/ground.ts';
import { Checkout } from '../lab/scenarios/rehearsal.ts';
import { connectApi, pushHead, refresh, remote, settled } from './cluster.ts';
import { loadServiceImages } from './images.ts';
import { CLUSTER } from './place.ts';
import { output } from './programs.ts';

/** The cluster on kind. */
export class KindGround extends Ground {
  readonly api: Api;
  readonly cluster = CLUSTER;
  /** Docker's port forwarding puts an address of its own in the caller's place. */
  readonly caller = undefined;
  /** Requests are sent by processes of this machine. */
  protected readonly outside = {
    request: async (request: Request) => JSON.parse(await send(request).end()) as Answer,
    load: (request: Request, connections: number, interval?: number): Load => {
      const caller = send({ ...request, connections, interval });
      return { end: async () => JSON.parse(await caller.end()) as Outcome };
    },
  };
  private readonly checkout = new Checkout('own');

  private constructor(api: Api) {
    super();
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

  async containers(): Promise<RunningContainer[]> {
    return (await this.running()).map(({ node, id, ...found }) => {
      // kind's nodes are Docker's containers of the same names.
      const enter = (...command: readonly string[]): string => output('docker', ['exec', node, ...command]);
      const pid = enter('crictl', 'inspect', '--output', 'go-template', '--template', '{{.info.pid}}', id).trim();
      return {
        ...found,
        read: async (file: string) => enter('cat', `/proc/${pid}/${file}`),
        signal: async (signal: NodeJS.Signals) => void enter('bash', '-c', `kill -${signal} ${pid}`),
      };
    });
  }

  async push(message: string, edit: (checkout: Checkout) => void): Promise<void> {
    edit(this.checkout);
    await this.checkout.synth();
    this.checkout.commit(message);
    loadServiceImages(this.checkout.folder);
    this.checkout.git('push', '--quiet');
    refresh();
  }

  async until(what: string, condition: () => Promise<boolean>, seconds: number): Promise<void> {
    if (!(await waitFor(condition, seconds))) throw new Error(`not within ${seconds} s: ${what}`);
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

  protected synced(seconds: number): Promise<void> {
    return settled(this.api, seconds);
  }

  /** `bootstrap/kind.yaml` has this machine's port 443 for the gateway's node. */
  protected address(): Promise<string> {
    return Promise.resolve('127.0.0.1:443');
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
