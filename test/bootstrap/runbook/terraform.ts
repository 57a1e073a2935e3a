import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Folder, foldersOf, moduleOf, readFolder } from '../../../cli/terraform/folder.ts';
import { apply, needsFreshToken } from './apply.ts';
import { type Call, type Command, type Given, need, Refusal } from './command.ts';
import { valueOf } from './outputs.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://developer.hashicorp.com/terraform/cli/commands';

/** Stands in for Terraform: it reads the roots and their modules, but no provider. */
export function terraform(world: World): Program {
  const commands: Command[] = [
    {
      words: 'init',
      source: `${DOCS}/init`,
      options: { '-backend-config': 'optional', '-migrate-state': 'flag', '-force-copy': 'flag' },
      run: (given, call) => init(world, folderOf(given, call), given),
    },
    {
      words: 'apply',
      source: `${DOCS}/apply`,
      run: async (given, call) => {
        const folder = folderOf(given, call);
        const state = initialized(world, folder);
        const said = apply(world, basename(folder), await foldersOf(basename(folder), world.clone), call.env);
        state.applied.add(state.backend);
        if (state.backend === 'local') writeFileSync(join(folder, 'terraform.tfstate'), '{}\n');
        return said;
      },
    },
    {
      words: 'output',
      source: `${DOCS}/output`,
      options: { '-json': 'flag', '-no-color': 'flag' },
      arguments: 'any',
      run: async (given, call) => output(world, folderOf(given, call), given),
    },
    {
      words: 'state show',
      source: `${DOCS}/state/show`,
      arguments: 1,
      run: async (given, call) => {
        const folder = folderOf(given, call);
        applied(world, folder);
        const [address = ''] = given.words;
        need(await isThere(address, basename(folder), world), 'No instance found for the given address!');
        return `# ${address}:\nresource {\n    delegate_domain_to = ["ns1-01.example.", "ns2-01.example."]\n}\n`;
      },
    },
  ];
  return {
    commands,
    common: { '-chdir': 'optional' },
    run: (command, given, call) => command.run(given, call) as string | Promise<string>,
  };
}

function folderOf({ options }: Given, { folder }: Call): string {
  const found = resolve(folder, options.get('-chdir') ?? '.');
  need(existsSync(join(found, 'backend.tf')), `Error: No configuration files in ${found}`);
  return found;
}

/** The backend that the files say: a file of overrides comes first. */
function backendIn(folder: string): string {
  const file = ['backend_override.tf', 'backend.tf'].find((one) => existsSync(join(folder, one))) ?? '';
  const [, backend] = /^ *backend "(\w+)"/m.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
  need(backend, `Error: ${file} names no backend`);
  return backend;
}

function init(world: World, folder: string, { options }: Given): string {
  const root = basename(folder);
  const backend = backendIn(folder);
  const before = world.states.get(root);
  if (backend !== 'local') reach(world, folder, backend, options.get('-backend-config'));
  if (before !== undefined && before.backend !== backend) {
    need(options.has('-migrate-state'), 'Error: Backend configuration changed');
    need(options.has('-force-copy'), 'Error: Error asking for state migration action: input is disabled');
    if (before.applied.delete(before.backend)) before.applied.add(backend);
    before.backend = backend;
  }
  if (before === undefined) world.states.set(root, { backend, applied: new Set() });
  writeFileSync(join(folder, '.terraform.lock.hcl'), '# checksums of providers\n');
  return 'Terraform has been successfully initialized!\n';
}

/** Reaches the store of a state, which its location names, with the permissions of whoever is signed in. */
function reach(world: World, folder: string, backend: string, config: string | undefined): void {
  need(config !== undefined && existsSync(join(folder, config)), 'Error: Missing required argument of the backend');
  need(basename(config) === `${backend}.tfbackend`, `Error: Invalid backend configuration argument in ${config}`);
  need(world.stores.has(backend), 'Error: Failed to get existing workspaces: the store does not exist');
  if (backend !== 'azurerm') return;
  need(!world.once('the role on the states'), 'Error: 403 AuthorizationPermissionMismatch: the role is too new');
  needsFreshToken(world);
}

/** The state of a root. @throws Refusal unless it is initialized for the backend that its files say */
function initialized({ states }: World, folder: string): { backend: string; readonly applied: Set<string> } {
  const state = states.get(basename(folder));
  need(state?.backend === backendIn(folder), 'Error: Backend initialization required, please run "terraform init"');
  return state;
}

function applied(world: World, folder: string): void {
  const { backend, applied: where } = initialized(world, folder);
  need(where.has(backend), 'Error: No state file was found!');
}

async function output(world: World, folder: string, { options, words }: Given): Promise<string> {
  applied(world, folder);
  const root = basename(folder);
  const { outputs } = await readFolder('roots', root, world.clone);
  const [name, ...more] = words;
  need(more.length === 0, 'Unexpected argument');
  if (name === undefined) return `${JSON.stringify(all([...outputs.keys()], root, world), null, 2)}\n`;
  need(outputs.has(name), `Error: Output "${name}" not found`);
  if (!options.has('-json')) throw new Refusal('the stand-in prints single outputs as JSON alone');
  return `${JSON.stringify(valueOf(name, root, world))}\n`;
}

/** Terraform leaves out an output that is null. */
function all(names: readonly string[], root: string, world: World): Readonly<Record<string, unknown>> {
  const values = names.map((name) => [name, valueOf(name, root, world)] as const);
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === null ? [] : [[name, { sensitive: false, type: 'dynamic', value }]])),
  );
}

/** Whether the files have a resource of an address such as `module.cluster.terraform_data.for_people`. */
async function isThere(address: string, root: string, { clone }: World): Promise<boolean> {
  const parts = address.split('.');
  let folder: Folder = await readFolder('roots', root, clone);
  while (parts[0] === 'module') {
    const call = folder.calls.get(parts[1] ?? '');
    if (call === undefined) return false;
    folder = await readFolder('modules', moduleOf(call), clone);
    parts.splice(0, 2);
  }
  return folder.resources.some(({ type, name }) => `${type}.${name}` === parts.join('.'));
}
