import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clouds } from '../../charts/cloud/clouds.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { argumentsOf, isInCloud, type Folder, moduleOf, read, refersTo, repository } from './terraform.ts';

const modules = await read('modules');
const roots = await read('roots');
const all = [...modules, ...roots];
const fleet = await loadFleet();
/** Unused modules, inputs and outputs can be detected only if there is a root on each cloud that has any. */
const onEachCloud = Object.entries(clouds)
  .filter(([, { factsFrom }]) => factsFrom === 'terraform')
  .every(([name]) => fleet.some(({ settings: { cloud } }) => cloud === name));

const calls = all.flatMap((caller) =>
  [...caller.calls].map(([name, call]) => ({ name, call, caller, where: `${caller.path}: module.${name}` })),
);
const module = (name: string): Folder | undefined => modules.find((one) => one.name === name);

/** Inputs that no root passes, with their use. */
const PASSED_ELSEWHERE = new Set([
  // By test/lab/scenarios/hand-over.e2e.ts, and by forks with their own mirror.
  'argocd.install',
  'argocd.install_manifest',
]);

/** Inputs whose default is right for every current cluster, for the reason in their description. */
const DEFAULTS = new Set(['remote-state-aws.recovery_days']);

/**
 * Attributes that a cloud changes by itself, of resources that ask it to: without `ignore_changes`, every later plan sets them back, and
 * some by a replacement. Source: the provider's documentation, and its issue 22838 for keys.
 */
const CHANGED_BY_CLOUD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  azurerm_key_vault_key: { rotation_policy: 'expiration_date' },
  azurerm_kubernetes_cluster: { node_count: 'default_node_pool[0].node_count' },
  azurerm_kubernetes_cluster_node_pool: { node_count: 'node_count' },
  aws_eks_node_group: { scaling_config: 'scaling_config[0].desired_size' },
};

/** True if a block, or one in it, has an argument. */
function has(block: unknown, argument: string): boolean {
  if (typeof block !== 'object' || block === null) return false;
  return (!Array.isArray(block) && argument in block) || Object.values(block).some((inner) => has(inner, argument));
}

it('what a cloud changes by itself is no difference', () => {
  const wrong = all.flatMap(({ path, resources }) =>
    resources.flatMap(({ type, name, block }) =>
      Object.entries(CHANGED_BY_CLOUD[type] ?? {}).flatMap(([asks, changes]) =>
        has(block, asks) && !JSON.stringify(block['lifecycle'] ?? '').includes(changes)
          ? [`${path}: ${type}.${name} has ${asks}, so that ignore_changes must have ${changes}`]
          : [],
      ),
    ),
  );
  expect(wrong).toEqual([]);
});

it('a version that Azure patches by itself is that of what runs', () => {
  const asked = all
    .flatMap(({ resources }) => resources)
    .filter(({ mode, type }) => mode === 'resource' && type.startsWith('azurerm_kubernetes_cluster'))
    .flatMap(({ block }) => JSON.stringify(block).match(/"(kubernetes|orchestrator)_version":"[^"]*/g) ?? []);
  expect(asked).toHaveLength(3);
  expect(asked.filter((one) => !one.includes('lookup(local.patched'))).toEqual([]);
});

describe.each(modules)('$path', (folder) => {
  it('has main.tf, outputs.tf, variables.tf and versions.tf', () => {
    expect(folder.files).toEqual(expect.arrayContaining(['main.tf', 'outputs.tf', 'variables.tf', 'versions.tf']));
  });

  it('describes each input by a sentence and a type', () => {
    const wrong = [...folder.variables].filter(
      ([, { type, description }]) => type === undefined || !isSentence(description),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('describes each output by a sentence', () => {
    expect([...folder.outputs].filter(([, { description }]) => !isSentence(description)).map(([name]) => name)).toEqual(
      [],
    );
  });

  it('uses every input', () => {
    expect([...folder.variables.keys()].filter((name) => !refersTo(folder, `var.${name}`))).toEqual([]);
  });

  it.runIf(onEachCloud)('is called, and each of its outputs is used by a caller', () => {
    const callers = calls.filter(({ call }) => moduleOf(call) === folder.name);
    expect(callers.length).toBeGreaterThan(0);
    const unused = [...folder.outputs.keys()].filter(
      (output) => !callers.some(({ caller, name }) => refersTo(caller, `module.${name}.${output}`)),
    );
    expect(unused).toEqual([]);
  });

  it.runIf(onEachCloud)('gets each of its inputs from a caller', () => {
    const given = new Set(
      calls.filter(({ call }) => moduleOf(call) === folder.name).flatMap(({ call }) => argumentsOf(call)),
    );
    const left = [...folder.variables.keys()]
      .map((name) => ({ name, key: `${folder.name}.${name}` }))
      .filter(({ name, key }) => !given.has(name) && !PASSED_ELSEWHERE.has(key) && !DEFAULTS.has(key));
    expect(left.map(({ key }) => key)).toEqual([]);
  });

  it('contains no name of a cluster, but in that of its registry', () => {
    const body = folder.body.replace(/"image_registry":"[^"]*"/, '');
    expect(
      fleet
        .filter((cluster) => isInCloud(cluster) && new RegExp(`"[^"]*\\b${cluster.name}\\b`).test(body))
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('exceptions', () => {
  it.each([...PASSED_ELSEWHERE, ...DEFAULTS])('%s is still an input that no caller passes', (key) => {
    const [name = '', input = ''] = key.split('.');
    expect([...(module(name)?.variables.keys() ?? [])]).toContain(input);
    expect(calls.some(({ call }) => moduleOf(call) === name && argumentsOf(call).includes(input))).toBe(false);
  });
});

describe.each(calls)('$where', ({ call, caller }) => {
  const called = module(moduleOf(call));

  it('calls a module of this repository', () => {
    expect(called?.name).toBe(moduleOf(call));
    expect(existsSync(join(repository, 'bootstrap', caller.path, String(call['source']), 'main.tf'))).toBe(true);
  });

  it('passes all required inputs, and no unknown ones', () => {
    const given = argumentsOf(call);
    const known = [...(called?.variables ?? [])];
    expect(given.filter((name) => !called?.variables.has(name))).toEqual([]);
    expect(
      known.filter(([name, variable]) => !('default' in variable) && !given.includes(name)).map(([name]) => name),
    ).toEqual([]);
  });

  it('refers only to existing outputs', () => {
    const outputs = calls
      .filter((other) => other.caller === caller)
      .flatMap(({ name, call: { source } }) =>
        [...caller.body.matchAll(new RegExp(`module\\.${name}(?:\\[[^\\]]+\\])?\\.([a-z_]+)`, 'g'))].map(
          ([, output = '']) => ({ source, output }),
        ),
      );
    expect(outputs.filter(({ source, output }) => !module(moduleOf({ source }))?.outputs.has(output))).toEqual([]);
  });
});

describe('versions', () => {
  it.each(all)('$path requires Terraform ~> 1.11, and a version of each provider that it uses', (folder) => {
    const settings = folder.settings.find((one) => 'required_version' in one) ?? {};
    expect(settings['required_version']).toBe('~> 1.11');
    const [required = {}] = (settings['required_providers'] ?? []) as Readonly<
      Record<string, { source: string; version: string }>
    >[];
    const used = new Set(
      folder.resources.map(({ type }) => type.split('_')[0] ?? '').filter((name) => name !== 'terraform'),
    );
    expect([...used].filter((name) => !(name in required))).toEqual([]);
    // Roots pin exact versions, because there is no lock file; modules require a range.
    const wanted = folder.path.startsWith('roots/') ? /^\d+\.\d+\.\d+$/ : /^~> \d+\.\d+$/;
    expect(Object.entries(required).filter(([, { version }]) => !wanted.test(version))).toEqual([]);
    expect(Object.entries(required).filter(([name, { source }]) => source !== `hashicorp/${name}`)).toEqual([]);
  });

  it('are the same in all modules, and in all roots', () => {
    for (const folders of [modules, roots]) {
      const versions = folders.flatMap(({ settings }) =>
        settings
          .flatMap((one) => (one['required_providers'] ?? []) as Readonly<Record<string, { version: string }>>[])
          .flatMap((required) => Object.entries(required).map(([name, { version }]) => `${name} ${version}`)),
      );
      const names = new Set(versions.map((version) => version.split(' ')[0]));
      expect(new Set(versions).size).toBe(names.size);
    }
  });
});

describe('names and tags', () => {
  it.each(calls.filter(({ call }) => module(moduleOf(call))?.variables.has('tags')))(
    '$where gets the common tags',
    ({ call, caller }) => {
      expect(call['tags']).toBe(
        caller.path.startsWith('roots/') || caller.calls.has('settings') ? '${module.settings.tags}' : '${var.tags}',
      );
    },
  );

  it.each(roots.filter(({ providers }) => providers.has('aws')))('$path tags everything on AWS', ({ providers }) => {
    expect(providers.get('aws')).toMatchObject({ default_tags: [{ tags: '${module.settings.tags}' }] });
  });

  it.each(modules.filter(({ name }) => name.endsWith('-azure') || name === 'aks'))(
    '$path tags every resource that supports tags',
    ({ resources }) => {
      const untagged = resources.filter(
        ({ mode, type, block }) =>
          mode === 'resource' && 'location' in block && type.startsWith('azurerm_') && block['tags'] === undefined,
      );
      expect(untagged.map(({ type, name }) => `${type}.${name}`)).toEqual([]);
    },
  );

  it.each(calls.filter(({ call }) => 'name' in call))('$where takes its name from the settings', ({ call }) => {
    expect(call['name']).toMatch(/^\$\{(module\.settings|var)\.name\}$/);
  });
});

describe('files', () => {
  it.each(all)('$path contains nothing that looks like a credential', ({ text }) => {
    expect(text.match(/AKIA[0-9A-Z]{16}|-----BEGIN|(password|client_secret|secret_key)\s*=\s*"[^"]+"/g)).toBeNull();
  });

  it('bootstrap/README.md lists each module, and each root that is not of a cluster', () => {
    const readme = readFileSync(join(repository, 'bootstrap', 'README.md'), 'utf8');
    const clusters = new Set(fleet.map(({ name }) => name));
    expect(
      all.map(({ name }) => name).filter((name) => !clusters.has(name) && !readme.includes(`\`${name}\``)),
    ).toEqual([]);
  });
});

/** True for a readable description: starts with a letter, ends with a full stop. */
function isSentence(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Za-z][^]*\.\s*$/.test(text);
}
