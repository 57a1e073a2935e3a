import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { PUBLISHING, publishingVariables } from './registry.ts';

const FOLDER = '.github/workflows';
/** The workflow that publishes images: it reads variables of every kind of registry, and needs those of one. */
const RELEASE = 'release.yaml';

/** A variable of the repository that a workflow cannot do without. */
export interface Variable {
  readonly name: string;
  /** The workflows that read it. */
  readonly workflows: readonly string[];
}

/** What the workflows of a repository ask of its settings. */
export interface Wanted {
  /** Names of the checks that a pull request must pass: the jobs of `ci`. */
  readonly checks: readonly string[];
  /** Environments that guard what changes a cluster: the roots that `terraform` may apply. */
  readonly environments: readonly string[];
  readonly variables: readonly Variable[];
}

/** Variables of one cloud alone begin with its name; they are wanted if a state is in it. */
const CLOUDS = { AZURE_: 'azurerm', AWS_: 's3' };

/** Reads what the workflows of a repository ask for; those that a fork has removed ask for nothing. */
export function wantedOf(root: string): Wanted {
  const files = existsSync(join(root, FOLDER))
    ? readdirSync(join(root, FOLDER)).filter((file) => file.endsWith('.yaml'))
    : [];
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, FOLDER, file), 'utf8')]));
  const parsed = (file: string): unknown => load(texts.get(file) ?? '{}');
  return {
    checks: jobsOf(parsed('ci.yaml')).flatMap(([id, job]) => namesOf(id, job)),
    environments: listAt(parsed('terraform.yaml'), 'on', 'workflow_dispatch', 'inputs', 'root', 'options').map(String),
    variables: variablesOf(root, texts),
  };
}

function jobsOf(workflow: unknown): [string, unknown][] {
  return Object.entries((at(workflow, 'jobs') ?? {}) as Record<string, unknown>);
}

/** The names that GitHub shows: one for each value of a matrix with one dimension. */
function namesOf(id: string, job: unknown): string[] {
  const name = textAt(job, 'name') ?? id;
  const [expression, dimension = ''] = /\$\{\{ *matrix\.([\w-]+) *\}\}/.exec(name) ?? [];
  if (expression === undefined) return [name];
  return listAt(job, 'strategy', 'matrix', dimension).map((value) => name.replace(expression, String(value)));
}

function variablesOf(root: string, texts: ReadonlyMap<string, string>): Variable[] {
  const backends = backendsOf(root);
  const publishing = texts.has(RELEASE) ? publishingVariables(root) : new Set();
  const readers = new Map<string, Set<string>>();
  const optional = new Set<string>();
  for (const [file, text] of texts)
    for (const [, name = '', rest = ''] of text.matchAll(/\bvars\.([A-Z_0-9]+)( *(?:\|\||!=|==))?/g)) {
      if (file === RELEASE && PUBLISHING.has(name) && !publishing.has(name)) continue;
      readers.set(name, (readers.get(name) ?? new Set()).add(file));
      // It has a default, or its absence is asked for.
      if (rest !== '') optional.add(name);
    }
  const isOfNoState = (name: string): boolean =>
    !publishing.has(name) &&
    Object.entries(CLOUDS).some(([prefix, backend]) => name.startsWith(prefix) && !backends.has(backend));
  return [...readers]
    .filter(([name]) => !optional.has(name) && !isOfNoState(name))
    .map(([name, workflows]) => ({ name, workflows: [...workflows].sort() }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function backendsOf(root: string): Set<string> {
  const roots = join(root, 'bootstrap/roots');
  const files = existsSync(roots) ? readdirSync(roots).map((name) => join(roots, name, 'backend.tf')) : [];
  return new Set(
    files
      .filter((file) => existsSync(file))
      .flatMap((file) => /backend "(\w+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? []),
  );
}
