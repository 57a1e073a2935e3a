import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../../charts/fault.ts';
import { type Block, type Folder, foldersOf, moduleOf, parseHcl, readFolder } from '../../terraform/folder.ts';

const ROOTS = 'bootstrap/roots';

/** A cluster's root in one of these clouds, with all modules that it calls. */
export interface Root {
  readonly cluster: string;
  readonly cloud: CloudName;
  /** What it passes to the module that makes the cluster. */
  readonly inputs: Block;
  readonly folders: readonly Folder[];
}

/** The clouds that are asked, with the module that makes a cluster in each, and how the backend of its states is called. */
export const CLOUDS = {
  azure: { title: 'Azure', module: 'cluster-azure', backend: 'azurerm' },
  aws: { title: 'AWS', module: 'cluster-aws', backend: 's3' },
} as const;
export type CloudName = keyof typeof CLOUDS;

/** The roots that make clusters in clouds. */
export async function rootsOf(repository: string): Promise<Root[]> {
  const folder = join(repository, ROOTS);
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
  const roots = await Promise.all(names.toSorted().map((name) => rootOf(name, repository)));
  return roots.filter((root) => root !== undefined);
}

async function rootOf(cluster: string, repository: string): Promise<Root | undefined> {
  const { calls } = await readFolder('roots', cluster, repository);
  for (const cloud of Object.keys(CLOUDS) as CloudName[])
    for (const inputs of calls.values())
      if (moduleOf(inputs) === CLOUDS[cloud].module)
        return { cluster, cloud, inputs, folders: await foldersOf(cluster, repository) };
  return undefined;
}

const settingsSchema = z.object({
  organization: z.string(),
  kubernetes_version: z.string(),
  azure_admin_group_id: z.string(),
  azure_subscription_ids: z.array(z.string()),
  aws_account_id: z.string(),
  aws_administrator_role: z.string(),
});

/** What all roots share. */
export type Settings = z.infer<typeof settingsSchema>;

export async function settingsOf(repository: string): Promise<Settings> {
  const { locals } = await readFolder('modules', 'settings', repository);
  return read(settingsSchema, locals, 'bootstrap/modules/settings/main.tf');
}

/** Where the states of a cloud are: the values of its file beside the roots. */
export async function stateOf<T>(repository: string, cloud: CloudName, schema: z.ZodType<T>): Promise<T> {
  const file = `${ROOTS}/${CLOUDS[cloud].backend}.tfbackend`;
  return read(schema, await parseHcl(file, readFileSync(join(repository, file), 'utf8')), file);
}

/** What is known of a value before Terraform runs. @throws Fault if that is another one, or an expression */
export function read<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault(
    ...parsed.error.issues.map(({ path, message }) => ({
      what: `Terraform is to be told ${path.join('.')} in another form than \`slipway doctor --cloud\` can read`,
      file,
      seen: message,
      fix: 'write the value itself, not an expression',
    })),
  );
}

/** The block of a resource, by its type. @throws Fault if the modules have none */
export function blockOf({ folders, cluster }: Root, type: string, mode: 'resource' | 'data' = 'resource'): Block {
  const found = folders.flatMap(({ resources }) => resources).find((one) => one.type === type && one.mode === mode);
  if (found) return found.block;
  throw new Fault({
    what: `the modules of ${cluster} have no ${mode === 'data' ? 'data source' : 'resource'} ${type}, which says what to ask for`,
    file: `${ROOTS}/${cluster}/main.tf`,
    fix: 'ask without --cloud, or restore it in bootstrap/modules',
  });
}
