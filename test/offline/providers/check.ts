/**
 * Validates every folder of bootstrap/ and runs its tests without downloading providers: with stand-ins that have the
 * schemas of the versions that the roots pin, read from typed bindings on PyPI. Then it applies mutations, each of which
 * must be rejected.
 *
 *   npm run check:providers
 *
 * Prints one line for each folder. Fails if one is invalid, or if a mutation is not rejected.
 */
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import { type Folder, read, repository } from '../../bootstrap/terraform.ts';
import { type Mutation, mutations } from './mutations.ts';
import { fileOf, providerFile, readBinding, type Used } from './schema.ts';
import { each, Scratch } from './scratch.ts';

/** A provider, and the package of its binding. */
interface Provider {
  readonly name: string;
  /** `cdktn-provider-aws==25.8.1` */
  readonly binding: string;
  /** The version that roots pin, and one of these roots. */
  readonly version: string;
  readonly root: string;
  readonly used: Used;
}

/** The output of `terraform validate -json`. */
interface Validation {
  readonly valid: boolean;
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly range?: { readonly filename: string };
  }[];
}

const here = import.meta.dirname;
/** The bindings, with their hashes. */
const REQUIREMENTS = 'requirements.txt';
const atATime = availableParallelism();
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const scratch = new Scratch((folder) => ({ TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'), CHECKPOINT_DISABLE: '1' }));
try {
  const start = performance.now();
  const [modules, roots] = [await read('modules'), await read('roots')];
  await serve(providersOf([...modules, ...roots], roots));
  const folders = await validate([...modules, ...roots]);
  // The error of a mutation can be identified only if there are no others.
  const mutated = folders.good === folders.all ? await applyMutations() : { good: 0, all: 0 };
  console.log(
    `${folders.good} of ${folders.all} folders are valid; ${mutated.good} of ${mutated.all} mutations were rejected; ${seconds(start)}`,
  );
  if (folders.good < folders.all || mutated.good < mutated.all) process.exitCode = 1;
} catch (error) {
  console.error(
    `error: ${error instanceof Fault ? error.message : error instanceof Error ? error.stack : String(error)}`,
  );
  // Immediately: running programs are killed, not awaited.
  process.exit(1);
}

/** Every provider that a root requires, with the binding that package.json pins for it. */
function providersOf(folders: readonly Folder[], roots: readonly Folder[]): Provider[] {
  const bindings = new Map(
    [...readFileSync(join(here, REQUIREMENTS), 'utf8').matchAll(/^cdktn-provider-(\w+)==\S+/gm)].map(
      ([binding, name = '']) => [name, binding],
    ),
  );
  const named = new Map(
    roots.flatMap(({ path, settings }) =>
      settings
        .flatMap(
          (one) =>
            (one['required_providers'] ?? []) as readonly Readonly<Record<string, { readonly version: string }>>[],
        )
        .flatMap((required) =>
          Object.entries(required).map(([name, { version }]) => [name, { version, root: path }] as const),
        ),
    ),
  );
  const resources = folders.flatMap((folder) => folder.resources);
  const typesOf = (provider: string, wanted: 'resource' | 'data'): string[] =>
    [
      ...new Set(
        resources
          .filter(({ mode, type }) => mode === wanted && type.startsWith(`${provider}_`))
          .map(({ type }) => type),
      ),
    ].toSorted();
  return [...named].map(([name, { version, root }]) => {
    const binding = bindings.get(name);
    if (binding === undefined)
      throw new Fault({
        what: `no binding of the provider ${name} is pinned`,
        where: `test/offline/providers/${REQUIREMENTS}`,
        seen: [...bindings.values()].join(', '),
        fix: `add the version of cdktn-provider-${name} that was generated for ${version}, with its hash`,
      });
    return {
      name,
      version,
      root,
      binding,
      used: { resources: typesOf(name, 'resource'), data: typesOf(name, 'data') },
    };
  });
}

/** Installs a stand-in for each provider in a filesystem mirror, Terraform's only source of providers. */
async function serve(providers: readonly Provider[]): Promise<void> {
  const program = join(scratch.folder, 'stand-in');
  const [platform, addresses] = await Promise.all([
    scratch.must(here, {}, 'go', 'env', 'GOOS', 'GOARCH').then((lines) => lines.trim().split('\n').join('_')),
    addressesOf(providers),
    scratch.must(join(here, 'stand-in'), { GOWORK: 'off' }, 'go', 'build', '-trimpath', '-o', program, '.'),
    download().then((folder) => Promise.all(providers.map((provider) => unpack(provider, folder)))),
  ]);
  for (const { name, binding, version, root, used } of providers) {
    const { version: madeFor, schema } = readBinding(
      join(scratch.folder, name, 'package'),
      addresses.get(name) ?? name,
      used,
    );
    if (madeFor !== version)
      throw new Fault({
        what: `the binding of the provider ${name} was generated for another version than the roots pin`,
        where: `test/offline/providers/${REQUIREMENTS} and bootstrap/${root}/versions.tf`,
        seen: `${binding} was generated for ${madeFor}; the root pins ${version}`,
        fix: `pin ${madeFor} in bootstrap/, or the binding of ${version} if there is one: see test/offline/providers/README.md`,
      });
    const folder = scratch.make('mirror', schema.address, version, platform);
    copyFileSync(program, join(folder, `terraform-provider-${name}_v${version}`));
    writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
    console.log(
      `${name} ${version}: ${used.resources.length} resources and ${used.data.length} data sources from ${binding}`,
    );
  }
  writeFileSync(
    join(scratch.folder, 'terraformrc'),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(join(scratch.folder, 'mirror'))}\n  }\n}\n`,
  );
}

/** Full addresses of providers by name, as Terraform resolves their sources. */
async function addressesOf(providers: readonly Provider[]): Promise<ReadonlyMap<string, string>> {
  const folder = scratch.make('addresses');
  const required = Object.fromEntries(providers.map(({ name }) => [name, { source: `hashicorp/${name}` }]));
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
  const output = await scratch.must(folder, { TF_CLI_CONFIG_FILE: '' }, 'terraform', 'providers', '-no-color');
  return new Map(
    [...output.matchAll(/provider\[(\S+\/([a-z]+))\]/g)].map(([, address = '', name = '']) => [name, address]),
  );
}

/** Downloads all bindings, which must have the pinned hashes; none of their code runs in Python. */
async function download(): Promise<string> {
  const folder = scratch.make('bindings');
  const options = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--quiet', '--dest', folder];
  await scratch.must(here, {}, 'python3', '-m', 'pip', 'download', ...options, '--requirement', REQUIREMENTS);
  return folder;
}

/** Unpacks the few files that are read of the thousands in the archive that a binding for Python has of its JavaScript. */
async function unpack({ name, binding, used }: Provider, downloaded: string): Promise<void> {
  const folder = scratch.make(name);
  const wheel = readdirSync(downloaded).find((file) => file.startsWith(`cdktn_provider_${name}-`)) ?? '';
  await scratch.must(folder, {}, 'python3', '-m', 'zipfile', '-e', join(downloaded, wheel), folder);
  const inside = join(folder, `cdktn_provider_${name}`, '_jsii');
  const archive = join(inside, readdirSync(inside).find((file) => file.endsWith('.jsii.tgz')) ?? '');
  const wanted = [
    providerFile,
    ...used.resources.map((type) => fileOf('resource', type)),
    ...used.data.map((type) => fileOf('data', type)),
  ];
  // tar fails for a missing file; the reader reports its type.
  await scratch.run(folder, {}, 'tar', '-xzf', archive, ...wanted.map((file) => `package/${file}`));
  if (!existsSync(join(folder, 'package', providerFile)))
    throw new Fault({
      what: `${binding} has no ${providerFile}`,
      where: `test/offline/providers/${REQUIREMENTS}`,
      fix: 'adapt schema.ts to the current layout of the package; an incomplete download is another cause',
    });
}

/** Copies the files that Terraform reads, without those it writes: lock files have the checksums of real providers. */
function copy(name: string): string {
  const folder = scratch.make(name);
  for (const part of ['bootstrap', 'clusters', 'dist', '.github/scripts']) {
    cpSync(join(repository, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/^\.terraform|_override\.tf$|\.tfstate|\.tfplan$/.test(basename(path)),
    });
  }
  return folder;
}

async function validate(folders: readonly Folder[]): Promise<{ readonly good: number; readonly all: number }> {
  const checkout = copy('checkout');
  let good = 0;
  await each(folders, atATime, async ({ path }) => {
    const start = performance.now();
    const { ok, output, all } = await scratch.run(
      checkout,
      {},
      'bash',
      '.github/scripts/terraform-validate.sh',
      `bootstrap/${path}`,
    );
    const [, passed] = /^Success! (\d+) passed, 0 failed\.$/m.exec(output) ?? [];
    if (ok) good += 1;
    console.log(
      `${path.padEnd(28)} ${ok ? `valid${passed === undefined ? '' : `, tests passed: ${passed}`}` : 'FAILED'}, ${seconds(start)}${ok ? '' : `\n${all.trim()}\n`}`,
    );
  });
  return { good, all: folders.length };
}

/** Applies each mutation in a copy for its root, where Terraform is initialized. */
async function applyMutations(): Promise<{ readonly good: number; readonly all: number }> {
  let good = 0;
  await each([...new Set(mutations.map(({ root }) => root))], atATime, async (root) => {
    const checkout = copy(root);
    const folder = join(checkout, 'bootstrap', 'roots', root);
    await scratch.must(folder, {}, 'terraform', 'init', '-backend=false', '-input=false', '-no-color');
    for (const mutation of mutations.filter((one) => one.root === root)) {
      const problem = await notRejected(checkout, folder, mutation);
      if (problem === undefined) good += 1;
      else
        console.log(
          `NOT REJECTED in bootstrap/${mutation.file}: ${mutation.what}: ${mutation.put.trim()}\n  expected "${mutation.error}", ${problem}`,
        );
    }
  });
  return { good, all: mutations.length };
}

/** Undefined if Terraform rejects a mutation with the expected error, else the actual outcome. */
async function notRejected(
  checkout: string,
  folder: string,
  { what, file, find, put, error }: Mutation,
): Promise<string | undefined> {
  const path = join(checkout, 'bootstrap', file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2)
    throw new Fault({
      what: `the mutation "${what}" cannot be applied`,
      where: `bootstrap/${file}`,
      seen: `"${find.trim()}" occurs ${text.split(find).length - 1} times`,
      fix: 'correct it in test/offline/providers/mutations.ts to text that occurs once',
    });
  writeFileSync(
    path,
    text.replace(find, () => put),
  );
  const { output } = await scratch.run(folder, {}, 'terraform', 'validate', '-json');
  writeFileSync(path, text);
  const { valid, diagnostics } = JSON.parse(output) as Validation;
  if (valid) return 'Terraform reports it as valid';
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.some(({ summary, range }) => summary === error && basename(range?.filename ?? '') === basename(file)))
    return undefined;
  return `Terraform reports: ${errors.map(({ summary, detail = '', range }) => `${summary} (${range?.filename ?? 'nowhere'}): ${detail}`).join('; ')}`;
}
