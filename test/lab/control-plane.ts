import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { Api, pause } from './api.ts';
import type { Kit } from './build.ts';
import { kubeconfig } from './kubeconfig.ts';
import type { Authority } from './pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import type { Processes } from './processes.ts';
import type { Program } from './programs.ts';

/** Field manager of the lab's own objects. */
export const LAB_MANAGER = 'slipway-lab';

/** The programs of a control plane and of simulated nodes, in the order in which they start. */
export const PLANE_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const satisfies readonly Program[];

/** What a control plane needs to run. */
export interface ControlPlaneProps {
  readonly folder: string;
  readonly kit: Kit;
  readonly authority: Authority;
  readonly processes: Processes;
  /** `https://127.0.0.1:PORT` of the proxy to the pods. */
  readonly network: string;
  /** How nodes and pods reach it, if they are real. */
  readonly reach?: {
    /** IPv4 address of the API server in the nodes' network. */
    readonly address: string;
    /** Its port there. */
    readonly port: number;
    /** Port of 127.0.0.1 that leads to it. */
    readonly local: number;
    /** Range of the pods' addresses, which this process can reach. */
    readonly pods: string;
  };
}

/** Range of the Services' addresses, in every lab. */
export const SERVICES = '10.96.0.0/16';
/** The first address of the range: the API server's Service. */
const API_SERVICE = '10.96.0.1';

/**
 * etcd, kube-apiserver, kube-controller-manager, kube-scheduler and KWOK as plain processes on loopback, configured
 * like a managed cluster: RBAC, Pod Security admission, aggregation, and an audit log.
 */
export class ControlPlane {
  readonly api: Api;
  /** Kubeconfig file of an administrator. */
  readonly kubeconfig: string;
  /** Audit log of ServiceAccounts' requests and of all writes, also refused ones: a JSON object per line (audit.k8s.io/v1). */
  readonly audit: string;
  private readonly props: ControlPlaneProps;
  private readonly ports: Readonly<Record<'etcd' | 'peer' | 'api' | 'controllers' | 'scheduler', number>>;

  private constructor(props: ControlPlaneProps, ports: ControlPlane['ports']) {
    const token = randomBytes(16).toString('hex');
    const { folder, authority } = props;
    this.props = props;
    this.ports = ports;
    this.api = new Api({ server: `https://127.0.0.1:${ports.api}`, ca: authority.cert, token });
    this.kubeconfig = join(folder, 'kubeconfig');
    this.audit = join(folder, 'logs', 'audit.log');
    writeFileSync(this.kubeconfig, kubeconfig(this.api.access), { mode: 0o600 });
    writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  }

  /** URL of the API server for real nodes and what runs on them. */
  get addressForNodes(): string {
    const { address, port } = this.props.reach ?? { address: '127.0.0.1', port: this.ports.api };
    return `https://${address}:${port}`;
  }

  static async create(props: ControlPlaneProps): Promise<ControlPlane> {
    const [etcd = 0, peer = 0, api = 0, controllers = 0, scheduler = 0] = await freePorts(5);
    return new ControlPlane(props, { etcd, peer, api: props.reach?.local ?? api, controllers, scheduler });
  }

  /** Starts etcd and the API server and waits until both are ready. */
  async serve(): Promise<void> {
    const { folder, processes, kit } = this.props;
    mkdirSync(join(folder, 'etcd'), { recursive: true, mode: 0o700 });
    const client = `http://127.0.0.1:${this.ports.etcd}`;
    const peer = `http://127.0.0.1:${this.ports.peer}`;
    await processes.start('etcd', {
      command: await kit.ready('etcd'),
      args: flags({
        name: 'lab',
        'data-dir': join(folder, 'etcd'),
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': `lab=${peer}`,
        // The lab's data need not survive a power failure.
        'unsafe-no-fsync': 'true',
        'log-level': 'warn',
      }),
    });
    await processes.ready('etcd', () => responds(`${client}/health`));
    await processes.start('kube-apiserver', {
      command: await kit.ready('kube-apiserver'),
      args: this.apiServerFlags(client),
    });
    await this.readyApi();
  }

  /** Waits until the API server is ready. */
  async readyApi(): Promise<void> {
    await this.props.processes.ready(
      'kube-apiserver',
      async () => (await this.api.call('GET', '/readyz')).body === 'ok',
      120,
    );
  }

  /** Starts controllers and scheduler. */
  async control(): Promise<void> {
    const { folder, processes, kit, authority, reach } = this.props;
    const common = {
      kubeconfig: this.kubeconfig,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'cert-dir': join(folder, 'serving'),
    };
    await processes.start('kube-controller-manager', {
      command: await kit.ready('kube-controller-manager'),
      args: flags({
        ...common,
        'secure-port': this.ports.controllers,
        'service-account-private-key-file': authority.path('service-accounts.key'),
        'root-ca-file': authority.file,
        'horizontal-pod-autoscaler-sync-period': '5s',
        ...(reach && { 'allocate-node-cidrs': 'true', 'cluster-cidr': reach.pods }),
      }),
    });
    await processes.start('kube-scheduler', {
      command: await kit.ready('kube-scheduler'),
      args: flags({ ...common, 'secure-port': this.ports.scheduler }),
    });
  }

  /** Starts simulated nodes. */
  async simulate(nodes: readonly Manifest[]): Promise<void> {
    const { folder, processes, kit } = this.props;
    for (const node of nodes) await this.api.apply(node, { manager: LAB_MANAGER });
    const stages = join(folder, 'stages.yaml');
    const sources = join(import.meta.dirname, 'stages');
    writeFileSync(
      stages,
      readdirSync(sources)
        .map((file) => readFileSync(join(sources, file), 'utf8'))
        .join('---\n'),
    );
    await processes.start('kwok', {
      command: await kit.ready('kwok'),
      args: flags({
        kubeconfig: this.kubeconfig,
        config: stages,
        'manage-all-nodes': 'true',
        cidr: '10.244.0.0/16',
        'node-ip': '10.0.0.1',
        'node-lease-duration-seconds': 40,
        'server-address': '',
      }),
    });
  }

  /** Applies CRDs and accompanying objects, and waits until all CRDs are served. */
  async define(manifests: readonly Manifest[], manager: string): Promise<void> {
    await Promise.all(manifests.map((manifest) => this.api.apply(manifest, { manager })));
    for (const definition of manifests.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
      const version = listAt(definition, 'spec', 'versions').find((v) => at(v, 'served') === true);
      const apiVersion = `${textAt(definition, 'spec', 'group')}/${textAt(version, 'name')}`;
      const kind = textAt(definition, 'spec', 'names', 'kind') ?? '';
      while (!(await this.api.serves(apiVersion, kind))) await pause(100);
    }
  }

  private apiServerFlags(etcd: string): string[] {
    const { folder, authority, reach } = this.props;
    const serving = authority.identity('kube-apiserver', '/CN=kube-apiserver', [
      '127.0.0.1',
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      API_SERVICE,
      ...(reach ? [reach.address] : []),
    ]);
    const front = authority.identity('front-proxy-client', '/CN=front-proxy-client');
    const policy = join(folder, 'audit.yaml');
    writeFileSync(policy, JSON.stringify(AUDIT_POLICY));
    const serviceAccounts = authority.path('service-accounts.key');
    return flags({
      'etcd-servers': etcd,
      ...(reach ? this.flagsForRealNodes(reach.address) : this.flagsForSimulatedNodes(front)),
      'secure-port': reach?.port ?? this.ports.api,
      'tls-cert-file': serving.cert,
      'tls-private-key-file': serving.key,
      'token-auth-file': join(folder, 'tokens.csv'),
      'anonymous-auth': 'false',
      // Argo CD lists all kinds at once. A connection has 100 streams by default, and a client that is a moment ahead of the
      // server in counting them is refused; it compares again after three minutes only.
      'http2-max-streams-per-connection': 1000,
      'allow-privileged': 'true',
      'service-cluster-ip-range': SERVICES,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-signing-key-file': serviceAccounts,
      'service-account-key-file': serviceAccounts,
      'requestheader-client-ca-file': authority.file,
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-username-headers': 'X-Remote-User',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'proxy-client-cert-file': front.cert,
      'proxy-client-key-file': front.key,
      'enable-aggregator-routing': 'true',
      'audit-policy-file': policy,
      'audit-log-path': this.audit,
      profiling: 'false',
    });
  }

  /** Kubelets sign in, and their addresses and those of the pods can be reached. */
  private flagsForRealNodes(address: string): Readonly<Record<string, string>> {
    const { authority } = this.props;
    const client = authority.identity('kubelet-client', '/O=system:masters/CN=kubelet-client');
    return {
      'bind-address': '0.0.0.0',
      'advertise-address': address,
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'client-ca-file': authority.file,
      'kubelet-client-certificate': client.cert,
      'kubelet-client-key': client.key,
      'kubelet-certificate-authority': authority.file,
      'kubelet-preferred-address-types': 'InternalIP',
    };
  }

  /** Everything is on loopback; a proxy stands for the network of the pods. */
  private flagsForSimulatedNodes(client: {
    readonly cert: string;
    readonly key: string;
  }): Readonly<Record<string, string>> {
    const { folder, authority, network } = this.props;
    const egress = join(folder, 'egress.yaml');
    writeFileSync(
      egress,
      JSON.stringify({
        apiVersion: 'apiserver.k8s.io/v1beta1',
        kind: 'EgressSelectorConfiguration',
        egressSelections: [
          {
            name: 'cluster',
            connection: {
              proxyProtocol: 'HTTPConnect',
              transport: {
                tcp: {
                  url: network,
                  tlsConfig: { caBundle: authority.file, clientCert: client.cert, clientKey: client.key },
                },
              },
            },
          },
        ],
      }),
    );
    return {
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'authorization-mode': 'RBAC',
      'endpoint-reconciler-type': 'none',
      'egress-selector-config-file': egress,
    };
  }
}

/**
 * What the audit log has: everything that ServiceAccounts ask for, since what a pod is not permitted shows only there, and
 * the writes of all others, without leases and events.
 */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    {
      level: 'None',
      resources: [
        { group: 'coordination.k8s.io' },
        { group: '', resources: ['events'] },
        { group: 'events.k8s.io' },
        { group: 'authorization.k8s.io' },
        { group: 'authentication.k8s.io' },
      ],
    },
    { level: 'Metadata' },
  ],
};

/** All objects in the YAML files below a folder. */
export function readManifests(folder: string): Manifest[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as (Manifest | null)[])
    .filter((manifest): manifest is Manifest => typeof manifest?.metadata?.name === 'string');
}

/** Formats each as `--name=value`. */
export function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/** Whether an HTTP GET answers 200. */
export function responds(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const req = get(url, (res) => {
      res.resume();
      resolve(res.statusCode === 200);
    });
    req.on('error', () => resolve(false));
  });
}
