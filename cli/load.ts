import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { z } from 'zod';
import { type Cluster, cloudOf, clusterSchema, factsSchemas } from '../charts/cluster-file.ts';
import { Fault, suggest, throwIfAny } from '../charts/fault.ts';
import { Pins, pinsSchema } from '../charts/pins.ts';
import { explain } from './explain.ts';
import { lineFinder } from './locate-typescript.ts';
import { lineAt, lineInJson, type Path } from './locate.ts';

/** Loads a cluster file as a module: `import('../clusters/local/cluster.ts')`. */
export type ClusterImporter = (name: string) => Promise<{ readonly default?: unknown }>;

/** The names of all clusters: the folders of `clusters/` with a cluster file, sorted. */
export function clusterNames(root: string): string[] {
  return readdirSync(join(root, 'clusters'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'clusters', entry.name, 'cluster.ts')))
    .map((entry) => entry.name)
    .sort();
}

/**
 * The clusters asked for, or all if none was.
 *
 * @throws Fault for a name that no cluster has
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

/** Facts that are not in facts.json yet. */
export interface NewFacts {
  readonly value: unknown;
  /** Where they are from, for messages. */
  readonly from: string;
}

/**
 * Reads and checks one cluster: its file, its facts and its pins.
 *
 * @param root the repository's folder
 * @param newFacts stand in for those of facts.json
 * @throws Fault with every mistake found in these files
 */
export async function loadCluster(
  root: string,
  name: string,
  importer: ClusterImporter,
  newFacts?: NewFacts,
): Promise<Cluster> {
  const folder = `clusters/${name}`;
  const settings = await checkCluster(await importer(name), `${folder}/cluster.ts`, root);
  const schema = factsSchemas[settings.cloud];
  const missing = ([output]: Path): string =>
    `it is Terraform's output "${output}" of this cluster's root, bootstrap/roots/${name}`;
  const facts = newFacts
    ? check(schema, newFacts.value, () => newFacts.from, missing)
    : checkJson(schema, `${folder}/facts.json`, root, missing);
  const pins = checkJson(pinsSchema, `${folder}/pins.json`, root);
  return { name, settings, facts, cloud: cloudOf(name, settings, facts), pins: new Pins(pins, `${folder}/pins.json`) };
}

async function checkCluster(
  module: Awaited<ReturnType<ClusterImporter>>,
  file: string,
  root: string,
): Promise<Cluster['settings']> {
  if (module.default === undefined)
    throw new Fault({
      what: 'the cluster file exports no cluster',
      where: file,
      fix: 'write `export default defineCluster({ … })`',
    });
  const result = clusterSchema.safeParse(module.default);
  if (result.success) return result.data;
  const lineOf = await lineFinder(readFileSync(join(root, file), 'utf8'));
  throw new Fault(
    ...explain(result.error, {
      schema: clusterSchema,
      value: module.default,
      where: (path) => `${file}:${lineOf(path)}`,
    }),
  );
}

function checkJson<S extends z.ZodType>(
  schema: S,
  file: string,
  root: string,
  missing?: (path: Path) => string,
): z.output<S> {
  const text = read(root, file);
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true });
  throwIfAny(
    errors.slice(0, 1).map(({ error, offset }) => ({
      what: `the file is not JSON: ${printParseErrorCode(error)}`,
      where: `${file}:${lineAt(text, offset)}`,
      seen: text.slice(offset, offset + 20).split('\n')[0],
      fix: 'correct the syntax at or just before this place',
    })),
  );
  return check(schema, value, (path) => `${file}:${lineInJson(text, path)}`, missing);
}

function read(root: string, file: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch (error) {
    throw new Fault({
      what: 'the file cannot be read',
      where: file,
      seen: (error as Error).message,
      fix: 'each cluster has cluster.ts, facts.json and pins.json: add it',
    });
  }
}

function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: (path: Path) => string,
  missing?: (path: Path) => string,
): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Fault(...explain(result.error, { schema, value, where, missing }));
  return result.data;
}
