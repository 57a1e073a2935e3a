import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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
  /** Local values of all blocks. */
  readonly locals: Block;
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
  readonly locals?: readonly Block[];
}

const known = new Map<string, Promise<unknown>>();

/** What Terraform's language says as JSON; of each text once, since clusters share their modules. */
export async function parseHcl<T>(file: string, text: string): Promise<T> {
  // The parser is a program of its own, which takes a quarter of a second to load.
  const { parse } = await import('@cdktn/hcl2json');
  const found = known.get(text) ?? parse(file, text);
  known.set(text, found);
  return (await found) as T;
}

/** One folder below `bootstrap/modules` or `bootstrap/roots` of a repository. */
export async function readFolder(kind: 'modules' | 'roots', name: string, root: string): Promise<Folder> {
  const folder = join(root, 'bootstrap', kind, name);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.tf'))
    .toSorted();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const parsed = await Promise.all(files.map((file, i) => parseHcl<Hcl>(join(folder, file), texts[i] ?? '')));
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
    locals: Object.assign({}, ...parsed.flatMap(({ locals = [] }) => locals)) as Block,
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

/** The module's folder that a call names: `aks` for `../../modules/aks`. */
export function moduleOf(call: Block): string {
  return String(call['source']).replace(/^.*\//, '');
}

/** A root and all modules that it calls, directly or indirectly. */
export async function foldersOf(root: string, repository: string): Promise<Folder[]> {
  const found = [await readFolder('roots', root, repository)];
  const names = new Set<string>();
  for (let i = 0; i < found.length; i++)
    for (const call of found[i]?.calls.values() ?? []) {
      const name = moduleOf(call);
      if (names.has(name)) continue;
      names.add(name);
      found.push(await readFolder('modules', name, repository));
    }
  return found;
}
