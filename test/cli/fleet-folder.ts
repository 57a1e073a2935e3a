import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, factsOf } from '../../charts/cloud/clouds.ts';
import { type ClusterFile, clusterSchema } from '../../charts/cluster-file.ts';
import { compose } from '../../charts/cluster.ts';
import { type Pin, Pins } from '../../charts/pins.ts';
import type { Workspace } from '../../cli/synth.ts';

const valid = join(import.meta.dirname, '..', 'fixtures', 'valid');

/** Valid facts of a cluster on AKS, and valid pins of clusters on any cloud. */
export const FACTS = readFileSync(join(valid, 'facts.json'), 'utf8');
export const PINS = readFileSync(join(valid, 'pins.json'), 'utf8');

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

/** Those of the valid pins, as text, that a cluster uses; all of them if it cannot be composed. */
export function pinsOf(file: unknown, facts?: string): string {
  const parsed = clusterSchema.safeParse(file);
  if (!parsed.success) return PINS;
  const { cloud: kind, domain } = parsed.data;
  const { cluster_name: _, ...known } = JSON.parse(
    facts ?? { kind: '{}', aks: FACTS, eks: '{}', generic: JSON.stringify(GENERIC) }[kind],
  ) as Record<string, unknown>;
  const all = JSON.parse(PINS) as Record<string, Pin>;
  const pins = new Pins(all, 'pins.json');
  try {
    const cloud = createCloud(kind, { name: 'any', domain }, factsOf(kind).parse(known));
    compose({ name: 'any', settings: parsed.data, pins, cloud, facts: {}, sources: {}, at: String }, REPOSITORY);
  } catch {
    return PINS;
  }
  const unused = new Set(pins.unused());
  return `${JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => !unused.has(name))), null, 2)}\n`;
}

/** A temporary repository that has only clusters. */
export class FleetFolder implements Workspace {
  readonly root = mkdtempSync(join(tmpdir(), 'slipway-fleet-'));
  readonly dist = join(this.root, 'dist');
  readonly repository = REPOSITORY;
  private readonly clusters = new Map<string, unknown>();

  /** Writes a cluster's files; facts.json only if facts are given. */
  add(
    name: string,
    cluster: unknown,
    { facts, pins = pinsOf(cluster, facts) }: { readonly facts?: string; readonly pins?: string } = {},
  ) {
    mkdirSync(join(this.root, 'clusters', name), { recursive: true });
    this.clusters.set(name, cluster);
    this.write(`clusters/${name}/cluster.ts`, `export default ${JSON.stringify(cluster, null, 2)};\n`);
    this.write(`clusters/${name}/pins.json`, pins);
    if (facts !== undefined) this.write(`clusters/${name}/facts.json`, facts);
  }

  readonly importCluster = (name: string): Promise<{ readonly default?: unknown }> =>
    Promise.resolve({ default: this.clusters.get(name) });

  write(file: string, text: string): void {
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
