import { flags } from './control-plane.ts';
import type { Program } from './programs.ts';

/** How a container becomes a process of this machine. */
export interface Adapter {
  readonly program: Program;
  /** Part of the image's name. */
  readonly image: string;
  /** Ports that it listens on besides those that the container names. */
  readonly ports?: readonly number[];
  /** Ports that are opened for it and handed over, by the names under which it takes them. */
  readonly sockets?: Readonly<Record<string, number>>;
  /**
   * @param args as rendered, variables filled in
   * @param local this machine's port for one of the container's
   * @param kubeconfig a file with the pod's own rights
   */
  adapt(args: readonly string[], local: (port: number) => number, kubeconfig: string): string[];
}

/** The programs that are real, where a component of dist asks for them. */
export const ADAPTERS: readonly Adapter[] = [
  {
    program: 'traefik',
    image: 'library/traefik:',
    // A Gateway's listener is matched with an entry point by the port of its address, so that must stay; where the entry
    // point really listens is handed over.
    sockets: { web: 80, websecure: 443 },
    adapt: (args, local) =>
      args
        .map((arg) => arg.replace(/(?<=\.(?:web|websecure)\.address=):/, '127.0.0.1:'))
        .map((arg) => onLoopback(arg, local)),
  },
  {
    // The records are kept in memory: the cloud's DNS is the one part that is not real.
    program: 'external-dns',
    image: 'external-dns/external-dns:',
    adapt: (args, local, kubeconfig) => {
      const zone = args.find((arg) => arg.startsWith('--domain-filter='))?.split('=')[1] ?? 'example.com';
      const cloud = /^--(provider|azure|aws|google|txt|registry)[-=]/;
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
];

/** One of cert-manager's programs: what is added counts, as the last of several for one flag does. */
function certManager(
  command: string,
  addresses: (local: (port: number) => number) => Readonly<Record<string, string | number>>,
): Adapter {
  return {
    program: 'cert-manager',
    image: `jetstack/cert-manager-${command}:`,
    adapt: (args, local, kubeconfig) => [command, ...args, ...flags({ kubeconfig, ...addresses(local) })],
  };
}

/** `--address=:80` becomes an address of loopback and a free port. */
function onLoopback(arg: string, local: (port: number) => number): string {
  return arg.replace(/=:(\d+)$/, (_, port: string) => `=127.0.0.1:${local(Number(port))}`);
}
