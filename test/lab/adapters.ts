import type { Manifest } from '../../charts/lib/manifest.ts';
import { flags } from './control-plane.ts';
import type { Program } from './programs.ts';

/** How to run a container as a local process. */
export interface Adapter {
  readonly program: Program;
  /** Part of the image's name. */
  readonly image: string;
  /** Ports that it listens on besides the declared container ports. */
  readonly ports?: readonly number[];
  /** Container ports whose sockets are opened for it and passed by socket activation, by socket name. */
  readonly sockets?: Readonly<Record<string, number>>;
  /**
   * @param args as rendered, with variables and paths of mounted ConfigMaps and Secrets substituted
   * @param local returns the local port for a container port
   */
  adapt(args: readonly string[], local: (port: number) => number, credentials: Credentials): string[];
  /** Variables of its environment, for a program that signs in by none of its flags. */
  env?(credentials: Credentials): Readonly<Record<string, string>>;
  /** Changes the text of a mounted ConfigMap. @default as rendered */
  adaptFile?(text: string, credentials: Credentials): string;
}

/** How a program signs in as the pod's ServiceAccount. */
export interface Credentials {
  /** URL of the API server. */
  readonly server: string;
  /** File with the certificates that sign the API server's. */
  readonly authority: string;
  /** File with the token. */
  readonly token: string;
  /** File with all of them. */
  readonly kubeconfig: string;
}

/** Programs that run for real when a component of dist uses their image, in the order in which components come up. */
const ADAPTERS: readonly Adapter[] = [
  certManager('controller', (local) => ({
    'metrics-listen-address': `127.0.0.1:${local(9402)}`,
    'internal-healthz-listen-address': `127.0.0.1:${local(9403)}`,
  })),
  certManager('webhook', (local) => ({
    'bind-address': '127.0.0.1',
    'secure-port': local(10250),
    'healthz-port': local(6080),
    'metrics-listen-address': `127.0.0.1:${local(9402)}`,
  })),
  certManager('cainjector', (local) => ({ 'metrics-listen-address': `127.0.0.1:${local(9402)}` })),
  {
    // Records are kept in memory: only the cloud's DNS is simulated.
    program: 'external-dns',
    image: 'external-dns/external-dns:',
    adapt: (args, local, { kubeconfig }) => {
      const zone = args.find((arg) => arg.startsWith('--domain-filter='))?.split('=')[1] ?? 'example.com';
      const cloud = /^--(provider|azure|aws|google|rfc2136|txt|registry)[-=]/;
      return [
        ...args.filter((arg) => !cloud.test(arg)).map((arg) => onLoopback(arg, local)),
        '--provider=inmemory',
        `--inmemory-zone=${zone}`,
        '--registry=noop',
        '--events',
        `--kubeconfig=${kubeconfig}`,
      ];
    },
  },
  {
    program: 'prometheus-operator',
    image: 'prometheus-operator/prometheus-operator:',
    adapt: (args, local) => ['--web.listen-address=:8080', ...args].map((arg) => onLoopback(arg, local)),
    env: ({ kubeconfig }) => ({ KUBECONFIG: kubeconfig }),
  },
  {
    program: 'prometheus-admission-webhook',
    image: 'prometheus-operator/admission-webhook:',
    adapt: (args, local) => args.map((arg) => onLoopback(arg, local)),
  },
  {
    program: 'traefik',
    image: 'library/traefik:',
    // Traefik matches a Gateway's listener with an entry point by the port of its address, which must therefore stay.
    // The socket that it really listens on is passed to it.
    sockets: { web: 80, websecure: 443 },
    // The route by which it asks the API server.
    ports: [8001],
    adapt: (args, local, { token }) => [
      ...args
        .map((arg) => arg.replace(/(?<=\.(?:web|websecure)\.address=):/, '127.0.0.1:'))
        .map((arg) => arg.replace('127.0.0.1:8001', `127.0.0.1:${local(8001)}`))
        .map((arg) => onLoopback(arg, local)),
      `--providers.kubernetesgateway.token=${token}`,
    ],
    adaptFile: (text, { server, authority }) =>
      text
        .replace(/https:\/\/\{\{.*\}\}/, server)
        .replace('/var/run/secrets/kubernetes.io/serviceaccount/ca.crt', authority),
  },
];

/** How to run a container of an image; undefined for one that is simulated. */
export function adapterFor(image: string): Adapter | undefined {
  return ADAPTERS.find((adapter) => image.includes(adapter.image));
}

/** The programs that run for real in a cluster, in the order of need. @param manifests all of its dist */
export function programsOf(manifests: readonly Manifest[]): Program[] {
  const text = JSON.stringify(manifests);
  return [...new Set(ADAPTERS.filter(({ image }) => text.includes(image)).map(({ program }) => program))];
}

/**
 * One of cert-manager's programs. The added flags override the rendered ones, because the last value of a flag wins.
 */
function certManager(
  command: string,
  addresses: (local: (port: number) => number) => Readonly<Record<string, string | number>>,
): Adapter {
  return {
    program: 'cert-manager',
    image: `jetstack/cert-manager-${command}:`,
    adapt: (args, local, { kubeconfig }) => [command, ...args, ...flags({ kubeconfig, ...addresses(local) })],
  };
}

/** Rewrites `--address=:80` to the loopback address and the local port. */
function onLoopback(arg: string, local: (port: number) => number): string {
  return arg.replace(/=:(\d+)$/, (_, port: string) => `=127.0.0.1:${local(Number(port))}`);
}
