import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { factsSourceOf } from '../../charts/cloud/clouds.ts';
import type { PlannedCluster } from '../../charts/cluster-file.ts';
import { type Block, type Folder, readFolder } from '../../cli/terraform/folder.ts';

export { type Block, type Folder, moduleOf, type Resource } from '../../cli/terraform/folder.ts';

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
  return Promise.all(names.map((name) => readFolder(kind, name, repository)));
}

/** Arguments of a call that are Terraform's own. */
const META = new Set(['source', 'version', 'providers', 'count', 'for_each', 'depends_on']);

/** Names of the inputs that a call passes to the module. */
export function argumentsOf(call: Block): string[] {
  return Object.keys(call).filter((name) => !META.has(name));
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
