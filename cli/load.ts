import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CloudName,
  createCloud,
  type FactsByCloud,
  factsOf,
  factsSourceOf,
  needsFacts,
} from '../charts/cloud/clouds.ts';
import { type Cluster, clusterSchema, type ClusterSettings, type PlannedCluster } from '../charts/cluster-file.ts';
import { Fault, suggest, throwIfAny } from '../charts/fault.ts';
import { Pins, pinsSchema } from '../charts/pins.ts';
import { check, checkJson } from './check.ts';
import { duplicateKeys } from './duplicates.ts';
import { lineFinder } from './locate-typescript.ts';
import type { Path } from './locate.ts';

/** Loads a cluster file as a module: `import('../clusters/local/cluster.ts')`. */
export type ClusterImporter = (name: string) => Promise<{ readonly default?: unknown }>;

/** Names of all clusters: the folders of `clusters/` that have a cluster file, sorted. */
export function clusterNames(root: string): string[] {
  return readdirSync(join(root, 'clusters'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'clusters', entry.name, 'cluster.ts')))
    .map((entry) => entry.name)
    .sort();
}

/**
 * The requested clusters, or all if none is requested.
 *
 * @throws Fault for every unknown name
 */
export function chooseClusters(root: string, asked: readonly string[]): string[] {
  const known = clusterNames(root);
  const unknown = asked.filter((name) => !known.includes(name));
  throwIfAny(
    unknown.map((name) => ({
      what: `there is no cluster "${name}"`,
      where: 'the command line',
      seen: name,
      fix: suggest(name, known),
    })),
  );
  return asked.length > 0 ? known.filter((name) => asked.includes(name)) : known;
}

/** Facts that replace those in facts.json. */
export interface NewFacts {
  readonly value: unknown;
  /** Their source, for messages. */
  readonly from: string;
}

/**
 * Reads and validates one cluster: its file, its facts and its pins.
 *
 * @param root the repository's folder
 * @param newFacts used instead of facts.json
 * @throws Fault with every mistake of the first invalid file, or if facts.json does not exist and the cloud needs facts
 */
export async function loadCluster(
  root: string,
  name: string,
  importer: ClusterImporter,
  newFacts?: NewFacts,
): Promise<Cluster> {
  const loaded = await loadIfKnown(root, name, importer, newFacts);
  if ('cloud' in loaded) return loaded;
  throw new Fault({
    what: `cluster ${name} has no facts yet`,
    file: factsFile(name),
    fix: {
      terraform: `create the cluster with \`terraform apply\` in bootstrap/roots/${name}, then run \`slipway facts ${name}\``,
      people: `write it: ${FACTS_GUIDE} says what it holds`,
    }[factsSourceOf(loaded.settings.cloud)],
  });
}

/** The document about facts that people write. */
export const FACTS_GUIDE = 'docs/add-a-cloud.md';

/** The facts of a cluster: their path from the repository's root. */
export function factsFile(cluster: string): string {
  return `clusters/${cluster}/facts.json`;
}

/** The pins of a cluster: their path from the repository's root. */
export function pinsFile(cluster: string): string {
  return `clusters/${cluster}/pins.json`;
}

/** What a cluster's file says. @throws Fault with every mistake in it */
export async function loadSettings(root: string, name: string, importer: ClusterImporter): Promise<ClusterSettings> {
  const file = clusterFile(name);
  const { default: cluster } = await importer(name);
  if (cluster === undefined)
    throw new Fault({
      what: 'the cluster file exports no cluster',
      file,
      fix: 'write `export default defineCluster({ … })`',
    });
  throwIfAny(await duplicateKeys(readFileSync(join(root, file), 'utf8'), file));
  const at = locatorOf(root, file);
  return check(clusterSchema, cluster, (path) => ({ file: at(path) }));
}

/** A cluster's file: its path from the repository's root. */
function clusterFile(cluster: string): string {
  return `clusters/${cluster}/cluster.ts`;
}

/** Reads and validates what is known of a cluster before it exists: all but its facts. */
export async function loadPlanned(root: string, name: string, importer: ClusterImporter): Promise<PlannedCluster> {
  return {
    name,
    settings: await loadSettings(root, name, importer),
    pins: loadPins(root, name),
    at: locatorOf(root, clusterFile(name)),
  };
}

/** Reads and validates all that a cluster's files say; facts are undefined if they are not known yet. */
export async function loadDeclared(
  root: string,
  name: string,
  importer: ClusterImporter,
  newFacts?: NewFacts,
): Promise<PlannedCluster & { readonly facts: FactsByCloud[CloudName] | undefined }> {
  const settings = await loadSettings(root, name, importer);
  const facts = checkFacts(settings.cloud, root, name, newFacts);
  return { name, settings, facts, pins: loadPins(root, name), at: locatorOf(root, clusterFile(name)) };
}

/** Like loadCluster, but a cluster whose facts are not known yet is returned without facts and cloud. */
export async function loadIfKnown(
  root: string,
  name: string,
  importer: ClusterImporter,
  newFacts?: NewFacts,
): Promise<Cluster | PlannedCluster> {
  const { facts, ...planned } = await loadDeclared(root, name, importer, newFacts);
  const { cloud, domain } = planned.settings;
  if (facts === undefined) return planned;
  return {
    ...planned,
    facts,
    cloud: createCloud(cloud, { name, domain }, facts),
    sources: await sourcesOf(root, planned),
  };
}

function loadPins(root: string, name: string): Pins {
  const file = pinsFile(name);
  return new Pins(checkJson(pinsSchema, file, root), file);
}

/** The objects of the entries of `manifests`; what renders them is loaded only if there is any. */
async function sourcesOf(root: string, planned: PlannedCluster): Promise<Cluster['sources']> {
  if (Object.keys(planned.settings.manifests).length === 0) return {};
  const { renderSources } = await import('./sources/sources.ts');
  return renderSources(root, planned);
}

/** Undefined if facts.json does not exist and the cloud needs facts. */
function checkFacts<Name extends CloudName>(
  cloud: Name,
  root: string,
  name: string,
  given?: NewFacts,
): FactsByCloud[Name] | undefined {
  const schema = factsOf(cloud);
  const missing = {
    terraform: ([output]: Path): string =>
      `it is the output "${output}" of this cluster's Terraform root, bootstrap/roots/${name}`,
    people: undefined,
  }[factsSourceOf(cloud)];
  const words = { missing, topLevel: 'fact' };
  if (given) return check(schema, given.value, () => ({ where: given.from }), words);
  const file = factsFile(name);
  if (existsSync(join(root, file))) return checkJson(schema, file, root, words);
  return needsFacts(cloud) ? undefined : check(schema, {}, () => ({ file }), words);
}

/** The location of a setting by its path; the file is read and parsed only for a message. */
function locatorOf(root: string, file: string): PlannedCluster['at'] {
  let lineOf: ReturnType<typeof lineFinder> | undefined;
  return (path) => {
    lineOf ??= lineFinder(readFileSync(join(root, file), 'utf8'));
    return `${file}:${lineOf(path)}`;
  };
}
