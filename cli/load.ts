import { existsSync, readFileSync } from 'node:fs';
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
import { Fault, throwIfAny } from '../charts/fault.ts';
import { located } from '../charts/render/located.ts';
import { check, type JsonFile, readJson, readText } from './check.ts';
import { checkNameOn } from './cluster-name.ts';
import { duplicateKeys } from './duplicates.ts';
import { exported, type Importer } from './exported.ts';
import { ofCluster } from './facts-owner.ts';
import { heldOf } from './holds/files.ts';
import { lineFinder } from './locate-typescript.ts';
import type { Path } from './locate.ts';
import { Versions } from './versions.ts';

export { chooseClusters, clusterNames } from './cluster-folders.ts';

/** Facts that replace those in facts.json. */
export interface NewFacts {
  readonly value: unknown;
  /** Their source, for messages. */
  readonly from: string;
}

/** What of a cluster need not be read. */
interface Given {
  /** Used instead of facts.json. */
  readonly newFacts?: NewFacts;
  /** Of all clusters, where several are loaded. @default loaded for this one */
  readonly versions?: Versions;
}

/**
 * Reads and validates one cluster: its file, its facts and the pins of its ring.
 *
 * @param root the repository's folder
 * @param newFacts used instead of facts.json
 * @throws Fault with every mistake of the first invalid file, or if facts.json does not exist and the cloud needs facts
 */
export async function loadCluster(
  root: string,
  name: string,
  importer: Importer,
  newFacts?: NewFacts,
): Promise<Cluster> {
  const loaded = await loadIfKnown(root, name, importer, { newFacts });
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

/** What a cluster's file says. @throws Fault with every mistake in it */
export async function loadSettings(root: string, name: string, importer: Importer): Promise<ClusterSettings> {
  const file = clusterFile(name);
  const text = readText(root, file);
  const cluster = await exported(root, file, 'cluster', () => importer.cluster(name));
  throwIfAny(await duplicateKeys(text, file));
  const at = locatorOf(root, file);
  const settings = check(clusterSchema, cluster, (path) => ({ file: at(path) }));
  checkNameOn(settings.cloud, name);
  return settings;
}

/** A cluster's file: its path from the repository's root. */
function clusterFile(cluster: string): string {
  return `clusters/${cluster}/cluster.ts`;
}

/**
 * Reads and validates what is known of a cluster before it exists: all but its facts.
 *
 * @param versions of all clusters, where several are loaded. @default loaded for this one
 */
export async function loadPlanned(
  root: string,
  name: string,
  importer: Importer,
  versions?: Versions,
): Promise<PlannedCluster> {
  return {
    name,
    settings: await loadSettings(root, name, importer),
    pins: (versions ?? (await Versions.load(root, importer))).pinsOf(name),
    at: locatorOf(root, clusterFile(name)),
  };
}

/** Reads and validates all that a cluster's files say; facts are undefined if they are not known yet. */
export async function loadDeclared(
  root: string,
  name: string,
  importer: Importer,
  { newFacts, versions }: Given = {},
): Promise<PlannedCluster & { readonly facts: FactsByCloud[CloudName] | undefined }> {
  const settings = await loadSettings(root, name, importer);
  const facts = checkFacts(settings.cloud, root, name, newFacts);
  const pins = (versions ?? (await Versions.load(root, importer))).pinsOf(name);
  return { name, settings, facts, pins, at: locatorOf(root, clusterFile(name)) };
}

/** Like loadCluster, but a cluster whose facts are not known yet is returned without facts and cloud. */
export async function loadIfKnown(
  root: string,
  name: string,
  importer: Importer,
  given: Given = {},
): Promise<Cluster | PlannedCluster> {
  const { facts, ...planned } = await loadDeclared(root, name, importer, given);
  const { cloud, domain } = planned.settings;
  if (facts === undefined) return planned;
  return {
    ...planned,
    facts,
    cloud: located(planned, () => createCloud(cloud, { name, domain }, facts)),
    sources: await sourcesOf(root, planned),
    held: heldOf(root, name),
  };
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
  const file = factsFile(name);
  const checked = ({ value, at }: JsonFile): FactsByCloud[Name] =>
    check(schema, ofCluster(name, { value, at }, factsSourceOf(cloud)), at, words);
  if (given) return checked({ value: given.value, at: () => ({ where: given.from }) });
  if (existsSync(join(root, file))) return checked(readJson(file, root));
  return needsFacts(cloud) ? undefined : checked({ value: {}, at: () => ({ file }) });
}

/** The location of a setting by its path; the file is read and parsed only for a message. */
function locatorOf(root: string, file: string): PlannedCluster['at'] {
  let lineOf: ReturnType<typeof lineFinder> | undefined;
  return (path) => {
    lineOf ??= lineFinder(readFileSync(join(root, file), 'utf8'));
    return `${file}:${lineOf(path)}`;
  };
}
