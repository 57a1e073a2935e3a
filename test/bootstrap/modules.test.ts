import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clouds } from '../../charts/cloud/clouds.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { argumentsOf, type Folder, moduleOf, read, refersTo, repository } from './terraform.ts';

const modules = await read('modules');
const roots = await read('roots');
const all = [...modules, ...roots];
const fleet = await loadFleet();
/** Only with a root on each cloud can what nobody needs be told from what these clusters do not need. */
const onEachCloud = new Set(fleet.map(({ settings: { cloud } }) => cloud)).size === Object.keys(clouds).length;

const calls = all.flatMap((caller) =>
  [...caller.calls].map(([name, call]) => ({ name, call, caller, where: `${caller.path}: module.${name}` })),
);
const module = (name: string): Folder | undefined => modules.find((one) => one.name === name);

/** Inputs that no root gives, and who does. */
const GIVEN_ELSEWHERE = new Set([
  // By test/lab/scenarios/hand-over.e2e.ts, and by who has a mirror of their own.
  'argocd.install',
  'argocd.install_manifest',
]);

/** Inputs whose default is right for every cluster that is there now; each for a reason that its description gives. */
const DEFAULTS = new Set(['remote-state-aws.recovery_days']);

describe.each(modules)('$path', (folder) => {
  it('has its parts in files of their names', () => {
    expect(folder.files).toEqual(expect.arrayContaining(['main.tf', 'outputs.tf', 'variables.tf', 'versions.tf']));
  });

  it('says of each input what it is, in a sentence, and of what type', () => {
    const wrong = [...folder.variables].filter(
      ([, { type, description }]) => type === undefined || !isSentence(description),
    );
    expect(wrong.map(([name]) => name)).toEqual([]);
  });

  it('says of each output what it is, in a sentence', () => {
    expect([...folder.outputs].filter(([, { description }]) => !isSentence(description)).map(([name]) => name)).toEqual(
      [],
    );
  });

  it('uses every input', () => {
    expect([...folder.variables.keys()].filter((name) => !refersTo(folder, `var.${name}`))).toEqual([]);
  });

  it.runIf(onEachCloud)('is called, and every output of it is used by a caller', () => {
    const callers = calls.filter(({ call }) => moduleOf(call) === folder.name);
    expect(callers.length).toBeGreaterThan(0);
    const unused = [...folder.outputs.keys()].filter(
      (output) => !callers.some(({ caller, name }) => refersTo(caller, `module.${name}.${output}`)),
    );
    expect(unused).toEqual([]);
  });

  it.runIf(onEachCloud)('has every input given by a caller', () => {
    const given = new Set(
      calls.filter(({ call }) => moduleOf(call) === folder.name).flatMap(({ call }) => argumentsOf(call)),
    );
    const left = [...folder.variables.keys()]
      .map((name) => ({ name, key: `${folder.name}.${name}` }))
      .filter(({ name, key }) => !given.has(name) && !GIVEN_ELSEWHERE.has(key) && !DEFAULTS.has(key));
    expect(left.map(({ key }) => key)).toEqual([]);
  });

  it('knows no cluster by its name', () => {
    expect(
      fleet
        .filter(
          ({ name, settings: { cloud } }) => cloud !== 'kind' && new RegExp(`"[^"]*\\b${name}\\b`).test(folder.body),
        )
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('exceptions', () => {
  it.each([...GIVEN_ELSEWHERE, ...DEFAULTS])('%s is still an input that no caller gives', (key) => {
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

  it('gives it what it must have, and nothing that it does not know', () => {
    const given = argumentsOf(call);
    const known = [...(called?.variables ?? [])];
    expect(given.filter((name) => !called?.variables.has(name))).toEqual([]);
    expect(
      known.filter(([name, variable]) => !('default' in variable) && !given.includes(name)).map(([name]) => name),
    ).toEqual([]);
  });

  it('refers to outputs that are there', () => {
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
  it.each(all)('$path asks for one line of Terraform, and for a range of each provider that it uses', (folder) => {
    const settings = folder.settings.find((one) => 'required_version' in one) ?? {};
    expect(settings['required_version']).toBe('~> 1.11');
    const [required = {}] = (settings['required_providers'] ?? []) as Readonly<
      Record<string, { source: string; version: string }>
    >[];
    const used = new Set(
      folder.resources.map(({ type }) => type.split('_')[0] ?? '').filter((name) => name !== 'terraform'),
    );
    expect([...used].filter((name) => !(name in required))).toEqual([]);
    // Roots say which one exactly, since no lock file does; modules say what they can do with.
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
    '$where gets the tags of all',
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
    '$path tags whatever takes tags',
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
  it.each(all)('$path says nothing that looks like a credential', ({ text }) => {
    expect(text.match(/AKIA[0-9A-Z]{16}|-----BEGIN|(password|client_secret|secret_key)\s*=\s*"[^"]+"/g)).toBeNull();
  });

  it('are in the README of bootstrap, each module and each root that is no cluster', () => {
    const readme = readFileSync(join(repository, 'bootstrap', 'README.md'), 'utf8');
    const clusters = new Set(fleet.map(({ name }) => name));
    expect(
      all.map(({ name }) => name).filter((name) => !clusters.has(name) && !readme.includes(`\`${name}\``)),
    ).toEqual([]);
  });
});

/** A description that a person can read: begins with a capital letter or a name, ends with a full stop. */
function isSentence(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Za-z][^]*\.\s*$/.test(text);
}
