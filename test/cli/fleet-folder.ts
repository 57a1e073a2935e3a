import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createCloud, factsOf } from '../../charts/cloud/clouds.ts';
import { type ClusterFile, clusterSchema } from '../../charts/cluster-file.ts';
import { compose } from '../../charts/cluster.ts';
import { grouped } from '../../charts/lib/grouped.ts';
import { type Pin, type PinFile, Pins } from '../../charts/pins.ts';
import type { RingsFile } from '../../charts/rings.ts';
import type { Importer } from '../../cli/exported.ts';
import type { Workspace } from '../../cli/synth.ts';
import { validPins } from '../lib/fixtures.ts';

const valid = join(import.meta.dirname, '..', 'fixtures', 'valid');

/** Valid facts of a cluster on AKS. */
export const FACTS = readFileSync(join(valid, 'facts.json'), 'utf8');

/** Valid pins of clusters on any cloud. */
const FILES: readonly PinFile[] = validPins();
export const PINS: Readonly<Record<string, Pin>> = Object.assign({}, ...FILES.map(({ pins }) => pins));

/** What Terraform is told of the pinned Argo CD. */
export const ARGO_CD = { version: PINS['argo-cd']?.version, files: PINS['argo-cd']?.files };

/** The component that a pin belongs to: any other is that of a service, or of an entry of `manifests`. */
const componentOf = (pin: string): string => FILES.find(({ pins }) => Object.hasOwn(pins, pin))?.component ?? pin;

/** Valid facts of another cluster on AKS: all that is a cluster's own differs. */
export const OTHER_FACTS = FACTS.replaceAll('staging', 'other').replaceAll('00010000', '00080000');

/** Valid facts of a generic cluster, as people write them. */
export const GENERIC = {
  pod_cidrs: ['10.42.0.0/16'],
  storage: { class: 'local-path' },
  traffic: { type: 'LoadBalancer' },
  secret_store: { provider: 'kubernetes' },
  preinstalled: ['metrics-api'],
};

/** A local cluster, which needs no facts. */
export const LAPTOP: ClusterFile = {
  cloud: 'kind',
  domain: 'example.localhost',
  certManager: {},
  externalSecrets: {},
  gateway: { replicas: 1 },
  services: { whoami: { replicas: 1 } },
};

/** A cluster in a cloud, which needs facts. */
export const IN_CLOUD: ClusterFile = {
  ...LAPTOP,
  cloud: 'aks',
  domain: 'example.com',
  certManager: { acmeEmail: 'ops@example.com' },
};

const REPOSITORY = { url: 'https://github.com/example/fleet.git', revision: 'main' };

/** Pins by the component that they belong to. */
export function byComponent(pins: object): Map<string, [string, unknown][]> {
  return grouped(Object.entries(pins) as [string, unknown][], ([pin]) => componentOf(pin));
}

const USED = new Map<string, Readonly<Record<string, Pin>>>();

/** Those of the valid pins that a cluster uses; all of them if it cannot be composed. Found once, then cached. */
export function pinsOf(file: unknown, facts?: string): Readonly<Record<string, Pin>> {
  const key = JSON.stringify([file, facts]);
  const used = USED.get(key) ?? usedBy(file, facts);
  USED.set(key, used);
  return used;
}

function usedBy(file: unknown, facts?: string): Readonly<Record<string, Pin>> {
  const parsed = clusterSchema.safeParse(file);
  if (!parsed.success) return PINS;
  const { cloud: kind, domain } = parsed.data;
  const { cluster_name: _, ...known } = JSON.parse(
    facts ?? { kind: '{}', aks: FACTS, eks: '{}', generic: JSON.stringify(GENERIC) }[kind],
  ) as Record<string, unknown>;
  const pins = new Pins({ folder: 'pins', files: FILES });
  try {
    const cloud = createCloud(kind, { name: 'any', domain }, factsOf(kind).parse(known));
    compose({ name: 'any', settings: parsed.data, pins, cloud, facts: {}, sources: {}, at: String }, REPOSITORY);
  } catch {
    return PINS;
  }
  const unused = new Set(pins.unused());
  return Object.fromEntries(Object.entries(PINS).filter(([name]) => !unused.has(name)));
}

/** A temporary repository that has only clusters, each in a ring of its own name. */
export class FleetFolder implements Workspace {
  readonly root = mkdtempSync(join(tmpdir(), 'slipway-fleet-'));
  readonly dist = join(this.root, 'dist');
  readonly repository = REPOSITORY;
  private readonly clusters = new Map<string, unknown>();
  private rings: RingsFile = {};

  /** Writes a cluster's files and pins; facts.json only if facts are given. */
  add(
    name: string,
    cluster: unknown,
    { facts, pins = pinsOf(cluster, facts) }: { readonly facts?: string; readonly pins?: object } = {},
  ) {
    this.clusters.set(name, cluster);
    this.write(`clusters/${name}/cluster.ts`, `export default ${JSON.stringify(cluster, null, 2)};\n`);
    if (facts !== undefined) this.write(`clusters/${name}/facts.json`, facts);
    this.ring({ ...this.rings, [name]: { clusters: [name] } });
    this.pin(name, pins);
  }

  /** Removes a cluster with its ring. */
  drop(name: string): void {
    const { [name]: _, ...others } = this.rings;
    this.ring(others);
    this.remove(`clusters/${name}`);
    this.remove(`clusters/pins/${name}`);
  }

  /** Replaces `clusters/rings.ts`. */
  ring(rings: RingsFile): void {
    this.rings = rings;
    this.write('clusters/rings.ts', `export default ${JSON.stringify(rings, null, 2)};\n`);
  }

  /** Replaces the pins of a ring, each in the file of its component. */
  pin(ring: string, pins: object): void {
    rmSync(join(this.root, 'clusters', 'pins', ring), { recursive: true, force: true });
    mkdirSync(join(this.root, 'clusters', 'pins', ring), { recursive: true });
    for (const [component, named] of byComponent(pins))
      this.write(`clusters/pins/${ring}/${component}.json`, `${JSON.stringify(Object.fromEntries(named), null, 2)}\n`);
  }

  readonly importer: Importer = {
    cluster: (name) => Promise.resolve({ default: this.clusters.get(name) }),
    rings: () => Promise.resolve({ default: this.rings }),
  };

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  /** The files in a folder, recursively, sorted. */
  filesBelow(folder: string): string[] {
    return readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(this.root, folder).length + 1))
      .toSorted();
  }

  remove(path = ''): void {
    rmSync(join(this.root, path), { recursive: true });
  }
}
