import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cloud } from '../../../charts/cloud/cloud.ts';
import type { Kit } from '../build.ts';
import { isReady } from '../conditions.ts';
import { flags } from '../control-plane.ts';
import { kubeconfig } from '../kubeconfig.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Authority } from '../pki.ts';
import type { Processes } from '../processes.ts';
import { imagesFolder, NAMESPACE, nodeConfig, SOCKET } from './containerd.ts';
import { type Room, ROOM_ADDRESS } from './doors.ts';
import { adopt } from './unpacked.ts';

const run = promisify(execFile);

/** Address of the cluster's DNS, as kubeadm and kind choose it. */
export const DNS = '10.96.0.10';

/** What a node needs to run. */
export interface NodeProps {
  /** From 1. */
  readonly number: number;
  /** Folder for its files. */
  readonly folder: string;
  readonly room: Room;
  readonly kit: Kit;
  readonly authority: Authority;
  readonly processes: Processes;
  readonly plane: ControlPlane;
  /** URL of the lab's registry. */
  readonly registry: string;
  /** Images that it has from the start, as `unpack` made them. */
  readonly unpacked: string | undefined;
  /** IPv4 range of the addresses of all pods; each node has a /24 of it. */
  readonly pods: string;
}

/** A real node: kubelet, kube-proxy, containerd and a firewall for network policies, in namespaces of its own. */
export class RealNode {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  /** Folder of the disks of its pods: the same path inside and outside of the node. */
  readonly disks: string;
  private readonly props: NodeProps;

  constructor(props: NodeProps) {
    this.props = props;
    this.name = `node-${props.number}`;
    this.address = `10.89.0.${10 + props.number}`;
    this.podCidr = subnetOf(props.pods, props.number);
    this.disks = join(props.folder, 'disks');
  }

  /** Makes its namespaces and joins them to the network of the room. */
  async create(others: readonly Pick<RealNode, 'name' | 'address' | 'podCidr'>[]): Promise<void> {
    const { folder, processes } = this.props;
    mkdirSync(this.disks, { recursive: true });
    await processes.start(this.name, { command: '/bin/sh', args: [SCRIPT, 'enter', this.name, folder, this.group] });
    await processes.ready(this.name, () => Promise.resolve(existsSync(join(folder, 'ready'))));
    const outer = `node${this.props.number}`;
    await ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(this.pid));
    await ip('link', 'set', outer, 'master', 'nodes', 'up');
    await this.ip('address', 'add', `${this.address}/24`, 'dev', 'eth0');
    await this.ip('link', 'set', 'eth0', 'up');
    await this.ip('route', 'add', 'default', 'via', ROOM_ADDRESS);
    await ip('route', 'add', this.podCidr, 'via', this.address);
    for (const { address, podCidr, name } of others)
      if (name !== this.name) await this.ip('route', 'add', podCidr, 'via', address);
  }

  /** Starts its programs. It is registered soon, and ready some seconds later. */
  async start(labels: Readonly<Record<string, string>>, providerId: string): Promise<void> {
    const { kit, authority, plane, processes } = this.props;
    const { folder, registry, unpacked } = this.props;
    const config = await nodeConfig({ folder, kit, registry, authority, pods: this.podCidr });
    if (unpacked !== undefined) await adopt(unpacked, imagesFolder(folder));
    await this.launch('containerd', 'containerd', ['--config', config], {
      // Its shim is found there.
      PATH: `${kit.folder}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    });
    await processes.ready(this.program('containerd'), async () => {
      await this.enter(kit.program('ctr'), '--address', SOCKET, 'version');
      // It serves before its part for the kubelet does, which exits if that is not there yet.
      return readFileSync(processes.log(this.program('containerd')), 'utf8').includes('Start streaming server');
    });
    const client = authority.identity(`${this.name}-client`, `/O=system:nodes/CN=system:node:${this.name}`);
    const serving = authority.identity(`${this.name}-serving`, `/CN=${this.name}`, [this.name, this.address]);
    const server = plane.addressForNodes;
    writeFileSync(this.file('kubelet.kubeconfig'), certificateKubeconfig(server, authority.file, client), {
      mode: 0o600,
    });
    writeFileSync(this.file('admin.kubeconfig'), kubeconfig({ ...plane.api.access, server }), { mode: 0o600 });
    writeFileSync(this.file('resolv.conf'), `nameserver ${ROOM_ADDRESS}\n`);
    writeFileSync(
      this.file('kubelet.json'),
      JSON.stringify({
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        authentication: {
          anonymous: { enabled: false },
          webhook: { enabled: true },
          x509: { clientCAFile: authority.file },
        },
        authorization: { mode: 'Webhook' },
        tlsCertFile: serving.cert,
        tlsPrivateKeyFile: serving.key,
        clusterDNS: [DNS],
        clusterDomain: 'cluster.local',
        resolvConf: this.file('resolv.conf'),
        containerRuntimeEndpoint: `unix://${SOCKET}`,
        cgroupDriver: 'cgroupfs',
        failCgroupV1: false,
        failSwapOn: false,
        // Neither may be lowered without the right to change resources' limits, which a container on a machine may lack.
        oomScoreAdj: 0,
        serializeImagePulls: false,
        // The disk of the machine is not the lab's to clean.
        imageGCHighThresholdPercent: 100,
        evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
        podLogsDir: '/var/log/pods',
        shutdownGracePeriod: '0s',
      }),
    );
    await this.launch(
      'kubelet',
      'kubelet',
      flags({
        config: this.file('kubelet.json'),
        kubeconfig: this.file('kubelet.kubeconfig'),
        'root-dir': '/var/lib/kubelet',
        'hostname-override': this.name,
        'node-ip': this.address,
        'provider-id': providerId,
        'node-labels': Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(),
        v: 2,
      }),
    );
    await this.launch(
      'kube-proxy',
      'kube-proxy',
      flags({
        kubeconfig: this.file('admin.kubeconfig'),
        'hostname-override': this.name,
        'proxy-mode': 'nftables',
        'cluster-cidr': this.props.pods,
        // The limits of connection tracking belong to the machine.
        'conntrack-max-per-core': 0,
        'conntrack-min': 0,
        'conntrack-tcp-timeout-established': '0s',
        'conntrack-tcp-timeout-close-wait': '0s',
      }),
    );
  }

  /** Process ids, in the room, of the containers that run on it, by their ids. */
  async containers(): Promise<Map<string, number>> {
    const { kit } = this.props;
    const list = await this.enter(kit.program('ctr'), '--address', SOCKET, '--namespace', NAMESPACE, 'tasks', 'list');
    const rows = list.trim().split('\n').slice(1);
    return new Map(rows.map((row) => row.trim().split(/\s+/)).map(([id = '', pid]) => [id, Number(pid)]));
  }

  /** Arguments that run a command in the node: `nsenter` with them. */
  inside(...command: readonly string[]): string[] {
    return ['--target', String(this.pid), '--net', '--mount', '--uts', '--cgroup', ...command];
  }

  /** Runs a command in the node. @returns its output @throws Error with its output */
  async enter(...command: readonly string[]): Promise<string> {
    return (await run('nsenter', this.inside(...command), { env: SYSTEM, maxBuffer: 64 * 2 ** 20 })).stdout;
  }

  /** Process id of what holds its namespaces. */
  get pid(): number {
    const pid = this.props.processes.pid(this.name);
    if (pid === undefined) throw new Error(`${this.name} has ended`);
    return pid;
  }

  /** Name of one of its programs among the lab's processes. */
  program(name: 'containerd' | 'kubelet' | 'kube-proxy' | 'kube-router'): string {
    return `${this.name}-${name}`;
  }

  private async ip(...args: readonly string[]): Promise<void> {
    await run('nsenter', ['--target', String(this.pid), '--net', 'ip', ...args], { env: SYSTEM });
  }

  /** Its control group, below the roots of all hierarchies. */
  private get group(): string {
    return `${this.props.room.group}/${this.name}`;
  }

  private file(name: string): string {
    return join(this.props.folder, name);
  }

  private launch(
    name: Parameters<RealNode['program']>[0],
    program: Parameters<Kit['program']>[0],
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { kit, processes } = this.props;
    return processes.start(this.program(name), {
      command: '/bin/sh',
      args: [SCRIPT, 'run', this.group, String(this.pid), kit.program(program), ...args],
      env: { ...SYSTEM, NODE_NAME: this.name, ...env },
    });
  }

  /** Waits until pods can be placed on it. */
  async ready(): Promise<void> {
    const { plane, processes } = this.props;
    const node = () => plane.api.get(`/api/v1/nodes/${this.name}`);
    await processes.ready(this.program('kubelet'), async () => (await node()) !== undefined);
    // It ends if its node is not known yet.
    await this.launch(
      'kube-router',
      'kube-router',
      flags({
        kubeconfig: this.file('admin.kubeconfig'),
        'hostname-override': this.name,
        'run-firewall': 'true',
        'run-router': 'false',
        'run-service-proxy': 'false',
        'run-loadbalancer': 'false',
        'enable-cni': 'false',
        'metrics-port': 0,
        'service-cluster-ip-range': '10.96.0.0/16',
      }),
    );
    await processes.ready(this.program('kubelet'), async () => isReady(await node()));
  }
}

/** Makes its namespaces, and runs its programs in them. */
const SCRIPT = join(import.meta.dirname, 'node.sh');

/** The IPv4 range of the pods of a cluster. @throws Error if it has none that can be divided */
export function podRangeOf({ podCidrs }: Pick<Cloud, 'podCidrs'>): string {
  const range = podCidrs.find((cidr) => /^[\d.]+\.0\.0\/16$/.test(cidr));
  if (range !== undefined) return range;
  throw new Error(`real nodes divide an IPv4 range of pods with /16; the cluster has ${podCidrs.join(', ')}`);
}

/** The /24 of a node in the range of all pods. */
function subnetOf(pods: string, number: number): string {
  return pods.replace(/\.0\.0\/16$/, `.${number}.0/24`);
}

/** Programs of the system are in folders that a user's PATH may lack. */
const SYSTEM = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } as Record<string, string>;

/** Runs `ip` in the room. */
async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', [...args], { env: SYSTEM });
}

/** A kubeconfig of a client that signs in by a certificate. */
function certificateKubeconfig(server: string, authority: string, client: { cert: string; key: string }): string {
  const name = 'slipway-lab';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority': authority } }],
    users: [{ name, user: { 'client-certificate': client.cert, 'client-key': client.key } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
