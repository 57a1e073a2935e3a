import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Cluster } from '../../../charts/cluster-file.ts';
import { listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Kit } from '../build.ts';
import { TOKEN_BY_HAND } from '../clouds.ts';
import type { Processes } from '../processes.ts';
import type { Validation } from '../stand-ins/acme/authorization.ts';
import { CloudflareStandIn } from '../stand-ins/cloudflare.ts';
import { zoneFile } from '../stand-ins/zone-file.ts';

/** Name of its process among the lab's. */
const SERVER = 'name-server';
/** Codes of answers that a name has no such record, or does not exist. */
const NO_RECORD: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);
/** Milliseconds for an answer of a host. */
const PATIENCE_MS = 5000;

/**
 * The Internet's DNS as the lab has it: CoreDNS outside of the cluster. It knows the hosts that the lab serves, those that
 * people point to the cluster, and the cluster's zone, with what is written to it through the API of its provider.
 */
export class Names {
  /** The provider of the cluster's zone: only Cloudflare is played. */
  readonly provider: CloudflareStandIn | undefined;
  private readonly zone: string | undefined;
  private readonly folder: string;
  private readonly address: string;
  private serial = 1;

  /**
   * @param folder for its files
   * @param address IPv4 address that it answers at
   */
  constructor(cluster: Pick<Cluster, 'cloud' | 'settings'>, folder: string, address: string) {
    this.folder = join(folder, 'names');
    this.address = address;
    if (cluster.cloud.zone?.token?.variable !== 'CF_API_TOKEN') return;
    this.zone = cluster.settings.domain;
    this.provider = new CloudflareStandIn({
      zones: [this.zone],
      token: TOKEN_BY_HAND,
      changed: () => this.writeZone(),
    });
  }

  /** Starts it. @param hosts addresses by name, of names outside of the zone */
  async start(kit: Kit, processes: Processes, hosts: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    this.writeZone();
    const known = Object.entries(hosts).map(([name, address]) => `    ${address} ${name}\n`);
    const zone =
      this.zone === undefined
        ? ''
        : `${this.zone} {\n  bind ${this.address}\n  file ${this.file} {\n    reload 1s\n  }\n}\n`;
    const configuration = join(this.folder, 'Corefile');
    writeFileSync(configuration, `${zone}. {\n  bind ${this.address}\n  errors\n  hosts {\n${known.join('')}  }\n}\n`);
    await processes.start(SERVER, { command: kit.program('coredns'), args: ['-conf', configuration] });
    const [name = ''] = Object.keys(hosts);
    await processes.ready(SERVER, async () => (await this.lookUp(name)) !== undefined);
  }

  /** First IPv4 address of a name. @throws Error if it has none */
  async lookUp(name: string): Promise<string> {
    const [address] = await this.resolver().resolve4(name);
    if (address === undefined) throw new Error(`${name} has no address`);
    return address;
  }

  /** How an ACME server sees names. */
  readonly validation: Validation = {
    http: async (name, path) => {
      const address = await this.lookUp(name);
      return new Promise((resolve, reject) => {
        const request = get({ host: address, path, headers: { host: name }, timeout: PATIENCE_MS }, (response) => {
          if (response.statusCode === 200) textOf(response).then(resolve, reject);
          else {
            response.resume();
            reject(new Error(`http://${name}${path} at ${address} answers ${response.statusCode}`));
          }
        });
        request.on('timeout', () => request.destroy(new Error(`${address} does not answer within ${PATIENCE_MS} ms`)));
        request.on('error', reject);
      });
    },
    txt: async (name) => {
      try {
        return (await this.resolver().resolveTxt(name)).map((parts) => parts.join(''));
      } catch (error) {
        if (NO_RECORD.has((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw error;
      }
    },
  };

  private resolver(): Resolver {
    const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
    resolver.setServers([this.address]);
    return resolver;
  }

  private get file(): string {
    return join(this.folder, 'zone');
  }

  private writeZone(): void {
    if (this.zone === undefined || !this.provider) return;
    const server = { name: `ns.${this.zone}`, address: this.address };
    writeFileSync(`${this.file}.new`, zoneFile(this.zone, this.provider.records(), server, this.serial++));
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Hosts of a cluster's routes that are not in its own zone: there, people keep the records. */
export function hostsElsewhere(manifests: readonly Manifest[], domain: string): string[] {
  const hosts = manifests.filter(({ kind }) => kind === 'HTTPRoute').flatMap(({ spec }) => listAt(spec, 'hostnames'));
  return [...new Set(hosts.map(String))].filter((host) => !host.endsWith(`.${domain}`));
}
