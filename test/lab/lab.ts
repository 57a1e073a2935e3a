import { setMaxListeners } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../../charts/applications.ts';
import type { Cluster } from '../../charts/cluster-file.ts';
import { Fault } from '../../charts/fault.ts';
import { sourceOf } from '../../charts/fleet/published.ts';
import { listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { ACME_SERVERS } from '../../charts/components/cert-manager/issuers.ts';
import { type Api, type Live, waitFor } from './api.ts';
import { ArgoCd } from './argo-cd.ts';
import type { Kit } from './build.ts';
import { type Provision, PROVISIONS } from './clouds.ts';
import { ControlPlane, LAB_MANAGER, readManifests } from './control-plane.ts';
import { git, GitHosts } from './git.ts';
import { images } from './images/images.ts';
import { imageStore } from './images/make.ts';
import { Registry } from './images/registry.ts';
import type { Kubelet } from './kubelet.ts';
import { KINDS, Mirror } from './mirror.ts';
import { Network } from './network.ts';
import type { Nodes } from './nodes.ts';
import { Authority } from './pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import { Processes } from './processes.ts';
import { publish } from './publish.ts';
import { API_PORT, room, type Room, ROOM_ADDRESS } from './real/doors.ts';
import { Names } from './real/names.ts';
import { podRangeOf } from './real/node.ts';
import { LAB_ADDRESS } from './real/outside.ts';
import { RealNodes, type RealNodesProps } from './real/real-nodes.ts';
import { SimulatedNodes } from './simulated-nodes.ts';
import { AcmeStandIn } from './stand-ins/acme.ts';

/** Properties of a lab. */
export interface LabProps {
  /** The lab's folder: contains everything it writes, and is removed at the end. */
  readonly folder: string;
  readonly kit: Kit;
  readonly cluster: Pick<Cluster, 'name' | 'cloud' | 'settings'>;
  /** The repository that Argo CD syncs from, served by the lab. */
  readonly repository: Repository;
  /** The checkout whose HEAD is pushed at start. */
  readonly checkout: string;
  /**
   * Leaves installing CRDs to their Applications, which tests the complete order but takes two minutes more.
   * @default false
   */
  readonly definitionsByArgoCd?: boolean;
  /**
   * True if Argo CD verifies the signatures that the cluster asks for. Commits of a laptop seldom have them.
   * @default false
   */
  readonly signatures?: boolean;
  /** Seconds after which Argo CD compares an Application again that nothing has changed. @default Argo CD's */
  readonly resyncSeconds?: number;
  /**
   * Number of real nodes, which run containers; the process must be in a room (see `real/room.ts`).
   * @default simulated nodes
   */
  readonly realNodes?: number;
  /** Cleanup command, run at the end even if the lab was killed; the path of `remote` is appended. */
  readonly undo?: readonly string[];
  /** Receives progress messages. */
  readonly say: (line: string) => void;
}

/** Status of an Application. */
export interface ApplicationStatus {
  readonly name: string;
  /** Synced, OutOfSync or Unknown. */
  readonly sync: string;
  /** Healthy, Progressing, Degraded, Suspended, Missing or Unknown. */
  readonly health: string;
  /** True while an operation is running. */
  readonly busy: boolean;
  readonly message: string;
}

/**
 * A complete GitOps loop on one machine: control plane, simulated nodes, Argo CD, Git, and real or simulated
 * controllers.
 */
export class Lab {
  readonly props: LabProps;
  readonly processes: Processes;
  readonly plane: ControlPlane;
  readonly argo: ArgoCd;
  readonly mirror: Mirror;
  readonly nodes: Nodes;
  readonly acme: AcmeStandIn;
  /** Folder of the bare repository that Argo CD syncs from. */
  readonly remote: string;
  private readonly provision: Provision;
  private readonly stopped = new AbortController();
  /** Aborted when the control plane is wiped. */
  private lost = new AbortController();
  private readonly network: Network;
  private readonly hosts: GitHosts;
  private loop: Promise<void> = Promise.resolve();

  private constructor(props: LabProps, parts: Pick<Lab, 'processes' | 'plane' | 'argo' | 'acme'> & LabParts) {
    this.props = props;
    this.processes = parts.processes;
    this.plane = parts.plane;
    this.argo = parts.argo;
    this.acme = parts.acme;
    this.network = parts.network;
    this.hosts = parts.hosts;
    this.provision = PROVISIONS[props.cluster.cloud.kind](props.cluster.cloud);
    const { api } = this.plane;
    this.mirror = new Mirror(api);
    this.nodes = this.nodesOf(parts);
    this.remote = this.hosts.create(props.repository.url, props.repository.revision);
    const { url, revision } = sourceOf(props.repository, props.cluster.name);
    if (url !== props.repository.url) this.hosts.create(url, revision);
  }

  /** Real or simulated nodes. */
  private nodesOf({ authority, real }: LabParts): Nodes {
    const { folder, kit, cluster, checkout, say } = this.props;
    const { processes, plane, mirror, network, provision } = this;
    const note = (part: object, error: unknown): void => this.note(part, error);
    const common = { folder, kit, cluster, processes, plane, mirror, network, provision, note };
    if (real === undefined) {
      const environment = {
        HTTPS_PROXY: network.url,
        NO_PROXY: '127.0.0.1,localhost',
        SSL_CERT_FILE: authority.file,
      };
      return new SimulatedNodes({ ...common, environment });
    }
    return new RealNodes({
      ...common,
      ...real,
      authority,
      registry: new Registry(images(checkout), imageStore({ kit, checkout, say })),
      manifests: readManifests(join(checkout, 'dist', cluster.name)),
      say,
      hosts: network.served(),
    });
  }

  /** The simulated kubelet. @throws Error if the nodes are real */
  get kubelet(): Kubelet {
    if (this.nodes instanceof SimulatedNodes) return this.nodes.kubelet;
    throw new Error('the nodes of this lab are real');
  }

  /** The real nodes. @throws Error if the nodes are simulated */
  get real(): RealNodes {
    if (this.nodes instanceof RealNodes) return this.nodes;
    throw new Error('the nodes of this lab are simulated');
  }

  /** Prepares the lab; starts only its proxy and its guardian. */
  static async create(props: LabProps): Promise<Lab> {
    const { folder, kit, repository, undo } = props;
    for (const name of ['logs', 'git']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    const hosts = new GitHosts(join(folder, 'git'));
    const processes = new Processes(folder, undo && [...undo, hosts.pathOf(repository.url)]);
    const authority = new Authority(join(folder, 'pki'));
    const [plain = 0, secure = 0] = await freePorts(2);
    const network = new Network(authority, [plain, secure]);
    const gitHosts = [
      ...new Set(
        [repository, sourceOf(repository, props.cluster.name), ...kit.upstreams].map(({ url }) => GitHosts.hostOf(url)),
      ),
    ];
    for (const host of gitHosts) network.serve(host, hosts.handler(host));
    const real = realPartsOf(props);
    const acme = new AcmeStandIn(authority, real?.names.validation);
    for (const server of Object.values(ACME_SERVERS)) network.serve(new URL(server).host, acme.handler);
    if (real?.names.provider) network.serve(CLOUDFLARE, real.names.provider.handler);
    await network.listen();
    const doors = real?.room.doors;
    const plane = await ControlPlane.create({
      folder,
      kit,
      authority,
      processes,
      network: network.secureUrl,
      ...(doors && {
        reach: { address: ROOM_ADDRESS, port: API_PORT, local: doors.api, pods: podRangeOf(props.cluster.cloud) },
      }),
    });
    const argo = await ArgoCd.create({
      folder,
      kit,
      authority,
      processes,
      api: plane.api,
      kubeconfig: plane.kubeconfig,
      network: network.url,
      gitHosts,
      resyncSeconds: props.resyncSeconds,
      signatures: props.signatures,
      port: doors?.argocd,
    });
    return new Lab(props, { processes, plane, argo, acme, network, hosts, authority, real });
  }

  /**
   * Starts everything and applies the root Application.
   *
   * @param handOver applies Argo CD's settings, starts Argo CD and applies the root Application
   */
  async start(handOver = () => this.handOver()): Promise<void> {
    const { say, repository, checkout, cluster } = this.props;
    await this.nodes.prepare();
    say('git: pushing HEAD and the upstream repositories with CRDs');
    this.push(checkout);
    this.publishUpstreams();
    await this.startPlane();
    await this.bootstrap(handOver);
    const { url } = sourceOf(repository, cluster.name);
    this.hosts.onPush(this.hosts.pathOf(url), (push) => void this.argo.pushed(url, push).catch(() => undefined));
    if (repository.published)
      this.hosts.onPush(this.remote, ({ branch }) => {
        if (branch === repository.revision) publish(this.hosts, repository, cluster.name);
      });
  }

  /** Starts control plane and nodes, applies CRDs and the cloud's objects, and starts the simulation. */
  async startPlane(): Promise<void> {
    const { say } = this.props;
    say('control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler');
    await this.plane.serve();
    say(`API server: ready, KUBECONFIG=${this.plane.kubeconfig}`);
    for (const namespace of ['default', 'kube-system'])
      await this.waitFor(() => this.exists(`/api/v1/namespaces/${namespace}`), 30);
    await this.plane.control();
    const { realNodes } = this.props;
    say(realNodes === undefined ? 'nodes: simulated by KWOK' : `nodes: ${realNodes} real ones`);
    await this.nodes.start();
    for (const object of this.provision.objects) await this.plane.api.apply(object, { manager: LAB_MANAGER });
    say('custom resource definitions');
    await this.plane.define(this.definitions(), 'argocd-controller');
    this.lost = new AbortController();
    const signal = AbortSignal.any([this.stopped.signal, this.lost.signal]);
    // Every watch adds a listener.
    setMaxListeners(0, signal);
    this.mirror.start(signal);
    this.loop = this.reconcile(signal);
  }

  /** Installs Argo CD and hands the cluster over to it. */
  async bootstrap(handOver = () => this.handOver()): Promise<void> {
    this.props.say('Argo CD: Redis, repo server, application controller, API server');
    await this.argo.install();
    await handOver();
  }

  /** Applies what an operator would, and starts Argo CD. */
  async handOver(): Promise<void> {
    const { checkout, cluster } = this.props;
    const dist = join(checkout, 'dist', cluster.name);
    // The root's AppProject before Argo CD starts: an Application with an unknown project would be delayed by a retry.
    const root = readManifests(join(dist, 'applications')).filter(({ metadata }) => metadata.name === 'root');
    const isProject = ({ kind }: Manifest): boolean => kind === 'AppProject';
    for (const manifest of [...readManifests(join(dist, 'argo-cd')), ...root.filter(isProject)])
      await this.plane.api.apply(manifest, { manager: 'kubectl' });
    await this.argo.start();
    this.props.say(`Argo CD: ready, http://${this.argo.address}`);
    for (const manifest of root.filter((one) => !isProject(one)))
      await this.plane.api.apply(manifest, { manager: 'kubectl' });
  }

  /** Destroys the control plane with its data, and Argo CD; Git, the secret store and volumes stay. */
  async wipe(): Promise<void> {
    this.lost.abort();
    await this.loop;
    for (const { name } of this.processes.all().toReversed()) await this.processes.end(name, 'SIGKILL');
    this.nodes.forget();
    this.plane.api.forget();
    rmSync(join(this.props.folder, 'etcd'), { recursive: true });
  }

  /** Pushes a checkout's HEAD to the lab's repository, and publishes it. */
  push(checkout: string): void {
    const { repository, cluster } = this.props;
    git(checkout, 'push', '--quiet', '--force', this.remote, `HEAD:refs/heads/${repository.revision}`);
    publish(this.hosts, repository, cluster.name);
  }

  /** Serves the repositories with CRDs, at what dist of the checkout asks for; again, once that has moved. */
  publishUpstreams(): void {
    for (const { url, tag, revision, folder } of this.upstreams()) {
      const commit = this.hosts.publish(url, tag, folder);
      if (revision !== tag) this.argo.readInstead(revision, commit);
    }
  }

  /**
   * Waits until every Application in dist is Synced and Healthy; the time begins again once all programs are built.
   *
   * @param report called with those that are not yet, each time they are asked, and with the number of all
   * @returns how long that took, in seconds
   * @throws Fault naming those that are not
   */
  async settled(
    seconds: number,
    report: (unsettled: readonly string[], all: number) => void = () => undefined,
  ): Promise<number> {
    const start = Date.now();
    const names = readManifests(join(this.props.checkout, 'dist', this.props.cluster.name, 'applications'))
      .filter(({ kind }) => kind === 'Application')
      .map(({ metadata }) => metadata.name);
    let unsettled: readonly string[] = names;
    const isSettledByNow = async (): Promise<boolean> => {
      const statuses = new Map((await applicationStatuses(this.plane.api)).map((one) => [one.name, one]));
      unsettled = names.flatMap((name) => {
        const application = statuses.get(name);
        if (application === undefined) return [`${name}: missing`];
        const { sync, health, message } = application;
        return isSettled(application) ? [] : [`${name}: ${sync}, ${health} ${message}`];
      });
      report(unsettled, names.length);
      return unsettled.length === 0;
    };
    let done = false;
    for (let building = true; building && !done && !this.stopped.signal.aborted;) {
      building = this.props.kit.isBuilding();
      done = await this.waitFor(isSettledByNow, seconds);
    }
    if (!done)
      throw new Fault({
        what: `after ${seconds} s not every Application is Synced and Healthy`,
        where: `lab ${this.props.cluster.name}`,
        seen: unsettled.join('\n        '),
        fix: `see the logs in ${join(this.props.folder, 'logs')}`,
      });
    return (Date.now() - start) / 1000;
  }

  /** Polls until the condition is true or the timeout has passed. @returns whether it became true */
  waitFor(condition: () => Promise<boolean>, seconds: number): Promise<boolean> {
    return waitFor(condition, seconds, this.stopped.signal);
  }

  /** Ends every process of the lab and removes its folder. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.hosts.close();
    await this.loop;
    this.nodes.close();
    await this.network.close();
    this.plane.api.close();
    await this.processes.stop();
  }

  /** CRDs that the lab installs: all, or those that no Application syncs. Argo CD's apply then changes nothing. */
  private definitions(): Manifest[] {
    const { kit, definitionsByArgoCd } = this.props;
    const asked = new Set(this.sources().map(({ repoURL }) => repoURL));
    return kit.upstreams
      .filter(({ url }) => !definitionsByArgoCd || !asked.has(url))
      .flatMap(({ folder }) => readManifests(folder));
  }

  /** Upstream repositories that Applications sync from, with their tags and what Argo CD is asked to read. */
  private upstreams(): { url: string; tag: string; revision: string; folder: string }[] {
    const { kit, say } = this.props;
    return kit.upstreams.flatMap(({ url, version, folder }) => {
      const source = this.sources().find(({ repoURL }) => repoURL === url);
      if (source === undefined) return [];
      const { targetRevision: revision, version: tag = revision } = source;
      if (tag !== version) say(`note: dist pins ${url} to ${tag}; the lab has ${version}`);
      return [{ url, tag, revision, folder }];
    });
  }

  /** Sources of the cluster's Applications. */
  private sources(): Source[] {
    const { checkout, cluster } = this.props;
    return readManifests(join(checkout, 'dist', cluster.name, 'applications')).flatMap(({ spec }) => {
      const { source, sources } = (spec ?? {}) as { source?: Source; sources?: readonly Source[] };
      const version = textAt(spec, 'info', 0, 'value');
      return [...(source ? [source] : []), ...(sources ?? [])].map((one) => ({ ...one, version }));
    });
  }

  private async exists(path: string): Promise<boolean> {
    return (await this.plane.api.get(path)) !== undefined;
  }

  /** Reconciles pods and stand-ins on every change, until the control plane is wiped. */
  private async reconcile(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Failures, such as a conflict or an unavailable API server, are retried in the next round.
      await this.nodes.reconcile();
      await this.mirror.changed(1000);
    }
  }

  private note(part: object, error: unknown): void {
    writeFileSync(
      this.processes.log('lab'),
      `${new Date().toISOString()} ${part.constructor.name}: ${error instanceof Error ? error.message : String(error)}\n`,
      { flag: 'a' },
    );
  }
}

/** Status of all Applications, sorted by name. */
export async function applicationStatuses(api: Api): Promise<ApplicationStatus[]> {
  const applications = await api.list(KINDS.applications);
  return applications.map((application) => statusOf(application)).sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether an Application is Synced and Healthy with no running operation. */
export function isSettled({ sync, health, busy }: ApplicationStatus): boolean {
  return sync === 'Synced' && health === 'Healthy' && !busy;
}

/** Status of one Application. */
export function statusOf(application: Live): ApplicationStatus {
  const conditions = listAt(application, 'status', 'conditions').map((condition) => textAt(condition, 'message') ?? '');
  return {
    name: application.metadata.name,
    sync: textAt(application, 'status', 'sync', 'status') ?? 'Unknown',
    health: textAt(application, 'status', 'health', 'status') ?? 'Unknown',
    busy: textAt(application, 'status', 'operationState', 'phase') === 'Running',
    message: [
      textAt(application, 'status', 'health', 'message'),
      textAt(application, 'status', 'operationState', 'message'),
      ...conditions,
    ]
      .filter(Boolean)
      .join('; '),
  };
}

interface Source {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path: string;
  /** The tag of `targetRevision`, if that is a commit. */
  readonly version?: string;
}

/** What a lab is made of besides what it shows. */
interface LabParts {
  readonly network: Network;
  readonly hosts: GitHosts;
  readonly authority: Authority;
  /** Undefined with simulated nodes. */
  readonly real: Pick<RealNodesProps, 'room' | 'names' | 'count'> | undefined;
}

/** Host of Cloudflare's API. */
const CLOUDFLARE = 'api.cloudflare.com';

function realPartsOf({ realNodes: count, cluster, folder }: LabProps): LabParts['real'] {
  if (count === undefined) return undefined;
  return { count, room: roomOf(), names: new Names(cluster, folder, LAB_ADDRESS) };
}

/** The room that this process is in. @throws Fault outside of one */
function roomOf(): Room {
  const found = room();
  if (found) return found;
  throw new Fault({
    what: 'real nodes are made in a room only, so that they reach nothing of this machine',
    where: 'lab',
    fix: 'run the command by test/lab/real/room.ts',
  });
}
