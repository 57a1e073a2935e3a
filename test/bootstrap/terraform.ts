import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { factsSourceOf } from '../../charts/cloud/clouds.ts';
import type { PlannedCluster } from '../../charts/cluster-file.ts';

/** Blocks of one type, by name; each may occur more than once. */
type Blocks = Readonly<Record<string, readonly Block[]>>;
export type Block = Readonly<Record<string, unknown>>;

/** A parsed Terraform folder; expressions are strings such as `${var.name}`. */
export interface Folder {
  /** `modules/aks`, `roots/local`. */
  readonly path: string;
  readonly name: string;
  readonly files: readonly string[];
  readonly variables: ReadonlyMap<string, Block>;
  readonly outputs: ReadonlyMap<string, Block>;
  /** Calls of modules, by the call's name. */
  readonly calls: ReadonlyMap<string, Block>;
  readonly resources: readonly Resource[];
  readonly settings: readonly Block[];
  readonly providers: ReadonlyMap<string, Block>;
  /** Everything but the variable blocks, as one text, to search for references. */
  readonly body: string;
  /** The content of the files, concatenated. */
  readonly text: string;
}

export interface Resource {
  readonly mode: 'resource' | 'data';
  readonly type: string;
  readonly name: string;
  readonly block: Block;
}

interface Hcl {
  readonly variable?: Blocks;
  readonly output?: Blocks;
  readonly module?: Blocks;
  readonly resource?: Readonly<Record<string, Blocks>>;
  readonly data?: Readonly<Record<string, Blocks>>;
  readonly terraform?: readonly Block[];
  readonly provider?: Blocks;
}

/** True for a cluster that a Terraform root makes in a cloud. */
export function isInCloud({ settings: { cloud } }: PlannedCluster): boolean {
  return cloud !== 'kind' && factsSourceOf(cloud) === 'terraform';
}

export const repository = join(import.meta.dirname, '..', '..');

const folders = new Map<string, Promise<Folder[]>>();

/** Every folder below `bootstrap/modules` or `bootstrap/roots`. Read once, then cached. */
export function read(kind: 'modules' | 'roots'): Promise<Folder[]> {
  const found = folders.get(kind) ?? readFolders(kind);
  folders.set(kind, found);
  return found;
}

function readFolders(kind: 'modules' | 'roots'): Promise<Folder[]> {
  const base = join(repository, 'bootstrap', kind);
  const names = readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  return Promise.all(names.map((name) => readFolder(kind, name)));
}

/** One folder below `bootstrap/modules` or `bootstrap/roots`, of this repository or of a copy. */
export async function readFolder(kind: 'modules' | 'roots', name: string, root = repository): Promise<Folder> {
  const folder = join(root, 'bootstrap', kind, name);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .toSorted();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const parsed = await Promise.all(
    files.map(async (file, i) => (await parse(join(folder, file), texts[i] ?? '')) as Hcl),
  );
  return {
    path: `${kind}/${name}`,
    name,
    files: readdirSync(folder).toSorted(),
    variables: merged(parsed.map(({ variable }) => variable)),
    outputs: merged(parsed.map(({ output }) => output)),
    calls: merged(parsed.map(({ module }) => module)),
    resources: (['resource', 'data'] as const).flatMap((mode) => parsed.flatMap((hcl) => resourcesOf(mode, hcl[mode]))),
    settings: parsed.flatMap(({ terraform = [] }) => terraform),
    providers: merged(parsed.map(({ provider }) => provider)),
    body: JSON.stringify(parsed.map((hcl) => ({ ...hcl, variable: undefined }))),
    text: texts.join('\n'),
  };
}

function merged(blocks: readonly (Blocks | undefined)[]): Map<string, Block> {
  return new Map(
    blocks.flatMap((named) => Object.entries(named ?? {}).map(([name, [block = {}]]) => [name, block] as const)),
  );
}

function resourcesOf(mode: Resource['mode'], types: Hcl['resource'] = {}): Resource[] {
  return Object.entries(types).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, blocks]) => blocks.map((block) => ({ mode, type, name, block }))),
  );
}

/** Arguments of a call that are Terraform's own. */
const META = new Set(['source', 'version', 'providers', 'count', 'for_each', 'depends_on']);

/** Names of the inputs that a call passes to the module. */
export function argumentsOf(call: Block): string[] {
  return Object.keys(call).filter((name) => !META.has(name));
}

/** The module's folder that a call names: `aks` for `../../modules/aks`. */
export function moduleOf(call: Block): string {
  return String(call['source']).replace(/^.*\//, '');
}

/** True if the folder has a reference: `var.name`, `module.aks.kubeconfig`. */
export function refersTo({ body }: Pick<Folder, 'body'>, what: string): boolean {
  return new RegExp(String.raw`(?<![\w.])${what.replaceAll('.', String.raw`\.`)}(?![\w-])`).test(body);
}

/** All strings in the values of a key, at any depth. */
export function stringsUnder(value: unknown, key: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => stringsUnder(item, key));
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? strings(inner) : stringsUnder(inner, key)));
}

/** Every string in a value, including those quoted in an expression. */
export function strings(value: unknown): string[] {
  if (typeof value === 'string')
    return value.startsWith('${') ? [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text) : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => strings(inner));
}
