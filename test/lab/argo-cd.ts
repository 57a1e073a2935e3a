import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type Launch, type Processes } from './processes.ts';
import type { Api } from './api.ts';
import type { Kit } from './build.ts';
import { flags, LAB_MANAGER, responds } from './control-plane.ts';
import type { Push } from './git.ts';
import { gitWrapper } from './git-wrapper.ts';
import type { Authority } from './pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import type { Program } from './programs.ts';
import { Keyring, WRAPPERS } from './signatures.ts';

/** What Argo CD needs to run. */
export interface ArgoCdProps {
  readonly folder: string;
  readonly kit: Kit;
  readonly authority: Authority;
  readonly processes: Processes;
  readonly api: Api;
  readonly kubeconfig: string;
  /** `http://127.0.0.1:PORT` of the proxy to the Git hosts. */
  readonly network: string;
  /** Git hosts whose certificates the lab's CA signs. */
  readonly gitHosts: readonly string[];
  /** Seconds after which it compares an Application again that nothing has changed. @default Argo CD's */
  readonly resyncSeconds?: number;
  /** True if it verifies signatures of commits, where projects ask for them. @default each commit counts as signed */
  readonly signatures?: boolean;
  /** Port of its API server. @default a free one */
  readonly port?: number;
}

/** The programs of Argo CD and what it runs, in build order: small ones first. */
export const ARGO_PROGRAMS = ['redis', 'kustomize', 'argocd'] as const satisfies readonly Program[];

/** The processes of Argo CD in the lab. */
export const ARGO_PROCESSES = ['argocd-repo-server', 'argocd-application-controller', 'argocd-server'] as const;

/** Argo CD as plain processes: repo server, application controller, API server, and an in-memory Redis. */
export class ArgoCd {
  private readonly props: ArgoCdProps;
  private readonly ports: Readonly<
    Record<'redis' | 'repo' | 'repoMetrics' | 'controllerMetrics' | 'server' | 'serverMetrics', number>
  >;

  private readonly keyring: Keyring;

  private constructor(props: ArgoCdProps, ports: ArgoCd['ports']) {
    this.props = props;
    this.keyring = new Keyring(props.folder, props.signatures ?? false);
    this.ports = ports;
  }

  static async create(props: ArgoCdProps): Promise<ArgoCd> {
    const [redis = 0, repo = 0, repoMetrics = 0, controllerMetrics = 0, server = 0, serverMetrics = 0] =
      await freePorts(6);
    const ports = { redis, repo, repoMetrics, controllerMetrics, server: props.port ?? server, serverMetrics };
    const argo = new ArgoCd(props, ports);
    argo.layOut();
    return argo;
  }

  /** Host and port of Argo CD's API server for the `argocd` CLI: plain text, no login. */
  get address(): string {
    return `127.0.0.1:${this.ports.server}`;
  }

  /** URL of the application controller's metrics. */
  get metrics(): string {
    return `http://127.0.0.1:${this.ports.controllerMetrics}/metrics`;
  }

  /** Folder of the `argocd` CLI's configuration, for ARGOCD_CONFIG_DIR. */
  get config(): string {
    return join(this.props.folder, 'argocd');
  }

  /** Folder with the `argocd` CLI and the programs that Argo CD runs, for PATH. */
  get path(): string {
    return join(this.props.folder, 'path');
  }

  /** Creates the objects of an Argo CD installation other than its workloads. */
  async install(): Promise<void> {
    const { api } = this.props;
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } }, { manager: LAB_MANAGER });
    const labels = { 'app.kubernetes.io/part-of': 'argocd' };
    const named = (name: string) => ({
      name,
      namespace: 'argocd',
      labels: { ...labels, 'app.kubernetes.io/name': name },
    });
    const objects: Manifest[] = [
      ...[
        'argocd-cm',
        'argocd-cmd-params-cm',
        'argocd-rbac-cm',
        'argocd-ssh-known-hosts-cm',
        'argocd-tls-certs-cm',
        'argocd-gpg-keys-cm',
      ].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: named(name) })),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: named('argocd-secret'),
        stringData: { 'server.secretkey': randomBytes(16).toString('hex') },
      },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named('argocd-application-controller') },
    ];
    for (const object of objects) await api.apply(object, { manager: LAB_MANAGER });
  }

  /** Starts all processes and waits until they are ready. */
  async start(): Promise<void> {
    const { processes, kit } = this.props;
    for (const program of ARGO_PROGRAMS) await kit.ready(program);
    await this.keyring.mount(this.props.api);
    const redis = `127.0.0.1:${this.ports.redis}`;
    const repo = `127.0.0.1:${this.ports.repo}`;
    await processes.start('redis', { command: kit.program('redis'), args: flags({ address: redis }) });
    await processes.start(
      'argocd-repo-server',
      this.launch('argocd-repo-server', {
        address: '127.0.0.1',
        port: this.ports.repo,
        'metrics-address': '127.0.0.1',
        'metrics-port': this.ports.repoMetrics,
        'disable-tls': 'true',
        'client-ca-path': '',
        redis,
      }),
    );
    const settings = await this.props.api.get('/api/v1/namespaces/argocd/configmaps/argocd-cmd-params-cm');
    await processes.start(
      'argocd-application-controller',
      this.launch('argocd-application-controller', {
        ...(this.props.resyncSeconds && { 'app-resync': this.props.resyncSeconds, 'app-resync-jitter': 0 }),
        'sync-timeout': textAt(settings, 'data', 'controller.sync.timeout.seconds') ?? 0,
        namespace: 'argocd',
        'repo-server': repo,
        'repo-server-plaintext': 'true',
        redis,
        'metrics-port': this.ports.controllerMetrics,
      }),
    );
    await processes.start(
      'argocd-server',
      this.launch('argocd-server', {
        namespace: 'argocd',
        address: '127.0.0.1',
        port: this.ports.server,
        'metrics-address': '127.0.0.1',
        'metrics-port': this.ports.serverMetrics,
        insecure: 'true',
        'disable-auth': 'true',
        'repo-server': repo,
        'repo-server-plaintext': 'true',
        redis,
      }),
    );
    await processes.ready('argocd-repo-server', () => responds(`http://127.0.0.1:${this.ports.repoMetrics}/healthz`));
    await processes.ready('argocd-server', () => responds(`http://${this.address}/healthz`));
    await processes.ready('argocd-application-controller', () =>
      responds(`http://127.0.0.1:${this.ports.controllerMetrics}/healthz`),
    );
  }

  /** Sends GitHub's webhook event `push`. */
  async pushed(url: string, { branch, before, after, changed }: Push): Promise<void> {
    await fetch(`http://${this.address}/api/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
      body: JSON.stringify({
        ref: `refs/heads/${branch}`,
        before,
        after,
        repository: { html_url: url.replace(/\.git$/, ''), default_branch: branch },
        commits: [{ id: after, added: [], removed: [], modified: changed }],
      }),
    });
  }

  /** Makes Argo CD read a commit of a repository of the lab where it is asked for one of upstream's. */
  readInstead(upstream: string, commit: string): void {
    appendFileSync(join(this.props.folder, 'commits'), `${upstream} ${commit}\n`);
  }

  /** Writes the files that the programs read, and the configuration of the `argocd` CLI. */
  private layOut(): void {
    const { folder, kit, authority, gitHosts } = this.props;
    for (const name of ['argocd', 'argocd-tls', 'argocd-ssh', 'tmp', 'path'])
      mkdirSync(join(folder, name), { recursive: true });
    // Argo CD trusts the CA in a file named after the host.
    for (const host of gitHosts) writeFileSync(join(folder, 'argocd-tls', host), authority.cert);
    this.keyring.layOut();
    writeFileSync(join(folder, 'commits'), '');
    const programs = { ...WRAPPERS, git: gitWrapper(join(folder, 'commits'), this.keyring.signer) };
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(this.path, name), text, { mode: 0o755 });
    for (const program of ['argocd', 'kustomize'] as const) symlinkSync(kit.program(program), join(this.path, program));
    const server = { server: this.address, 'plain-text': true };
    const login = {
      contexts: [{ name: 'lab', server: this.address, user: 'lab' }],
      'current-context': 'lab',
      servers: [server],
      users: [{ name: 'lab' }],
    };
    writeFileSync(join(folder, 'argocd', 'config'), JSON.stringify(login), { mode: 0o600 });
  }

  /** Argo CD is one binary, which acts as the component named by ARGOCD_BINARY_NAME. */
  private launch(name: (typeof ARGO_PROCESSES)[number], args: Readonly<Record<string, string | number>>): Launch {
    const { folder, kit, kubeconfig, network } = this.props;
    return {
      command: kit.program('argocd'),
      args: flags(args),
      env: {
        ARGOCD_BINARY_NAME: name,
        KUBECONFIG: kubeconfig,
        // https://kubernetes.default.svc means the kubeconfig's server.
        ARGOCD_FAKE_IN_CLUSTER: 'true',
        ...this.keyring.environment,
        // Seconds between waves, 2 by default: what comes next waits for what it needs, not for time to pass.
        ARGOCD_SYNC_WAVE_DELAY: '0',
        ARGOCD_TLS_DATA_PATH: join(folder, 'argocd-tls'),
        ARGOCD_SSH_DATA_PATH: join(folder, 'argocd-ssh'),
        TMPDIR: join(folder, 'tmp'),
        HOME: join(folder, 'tmp'),
        PATH: `${this.path}:${process.env['PATH'] ?? ''}`,
        HTTPS_PROXY: network,
        NO_PROXY: '127.0.0.1,localhost',
      },
    };
  }
}
