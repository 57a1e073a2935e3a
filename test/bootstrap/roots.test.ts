import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clouds, factsSourceOf } from '../../charts/cloud/clouds.ts';
import { clusterNames, loadSettings } from '../../cli/load.ts';
import { importerOf, loadFleet } from '../lib/load-fleet.ts';
import { argumentsOf, moduleOf, read, repository } from './terraform.ts';

/** The clusters that Terraform creates, with or without facts yet; of the others people write the facts. */
const made = (
  await Promise.all(
    clusterNames(repository).map(async (name) => ({
      name,
      ...(await loadSettings(repository, name, importerOf(repository))),
    })),
  )
).flatMap(({ name, cloud }) => (factsSourceOf(cloud) === 'terraform' ? [name] : []));
const fleet = (await loadFleet()).filter(({ name }) => made.includes(name));
const roots = await read('roots');
const modules = await read('modules');
const ofCluster = roots.filter(({ name }) => clusterNames(repository).includes(name));

/** The root that creates the remote state of a cloud's other roots. */
const STATES = { kind: [], aks: ['remote-state-azure'], eks: ['remote-state-aws'], generic: [] } as const;

it('bootstrap/roots has a root for each cluster that Terraform creates, and one for the remote state of each cloud', () => {
  const states = new Set(fleet.flatMap(({ settings: { cloud } }) => STATES[cloud]));
  expect(roots.map(({ name }) => name)).toEqual([...made, ...states].toSorted());
});

describe.each(fleet)('the root of $name', ({ name, settings: { cloud }, facts }) => {
  const root = roots.find((one) => one.name === name);
  const schema = clouds[cloud].facts;
  const outputs = [...(root?.outputs.keys() ?? [])];
  /** Where there are facts, which cluster they are about. */
  const about = Object.keys(schema.shape).length > 0 ? ['cluster_name'] : [];

  it('has exactly the outputs that the schema of facts.json requires, and the name of the cluster', () => {
    expect(outputs.toSorted()).toEqual([...about, ...Object.keys(schema.shape)].toSorted());
  });

  it('passes on the name that the module creates the cluster by', () => {
    expect(root?.calls.get('cluster')?.['cluster'] ?? name).toBe(name);
  });

  it('has an output for each fact in facts.json, which is valid', () => {
    // Terraform leaves out an output that is null.
    const absent = Object.entries(schema.shape).flatMap(([fact, field]) =>
      (field as z.ZodType).safeParse(undefined).success && !(fact in facts) ? [fact] : [],
    );
    expect([...about, ...Object.keys(facts), ...absent].toSorted()).toEqual(outputs.toSorted());
    expect(z.safeParse(schema, facts).success).toBe(true);
  });

  it('passes the address ranges and the region that facts.json has', () => {
    const known = facts as Readonly<Record<string, unknown>>;
    const given = Object.assign({}, ...(root?.calls.values() ?? [])) as Readonly<Record<string, unknown>>;
    for (const fact of ['vpc_cidr', 'service_cidr', 'region'])
      if (fact in known && fact in given) expect(given[fact]).toBe(known[fact]);
  });

  it('only calls modules, and has no resources', () => {
    expect(root?.resources.map(({ type }) => type)).toEqual([]);
    const lines = readFileSync(join(repository, 'bootstrap', 'roots', name, 'main.tf'), 'utf8')
      .split('\n')
      .filter((line) => /^\s*[^#\s]/.test(line));
    expect(lines.length).toBeGreaterThanOrEqual(10);
    expect(lines.length).toBeLessThanOrEqual(40);
  });

  it('passes its own name as cluster', () => {
    const named = [...(root?.calls.values() ?? [])].flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster]));
    expect(named.length).toBeGreaterThan(0);
    expect(new Set(named)).toEqual(new Set([name]));
  });
});

it('Terraform registers no resource provider, which the identity that plans could not', () => {
  const registering = roots.flatMap(({ path, providers }) => {
    const azure = providers.get('azurerm');
    if (azure === undefined) return [];
    const { resource_provider_registrations: set, resource_providers_to_register: list } = azure;
    return set === 'none' && list === undefined ? [] : [`${path}: ${JSON.stringify({ set, list })}`];
  });
  expect(registering).toEqual([]);
});

describe.each(roots)('$path', ({ name, settings, outputs }) => {
  it('keeps its state under its own name, in a backend of its cloud', () => {
    const [backend = {}] = settings.flatMap(({ backend: found }) => (found ? [found] : [])) as Readonly<
      Record<string, readonly { key?: string }[]>
    >[];
    const [[type, [{ key } = {}]] = ['', []]] = Object.entries(backend);
    expect(['local', 'azurerm', 's3']).toContain(type);
    expect(key).toBe(type === 'local' ? undefined : `${name}.tfstate`);
  });

  it('has no sensitive output', () => {
    expect([...outputs].filter(([, { sensitive }]) => sensitive !== undefined)).toEqual([]);
  });
});

describe('an argument of a root', () => {
  it.each(
    ofCluster.flatMap((root) =>
      [...root.calls].map(([name, call]) => ({ where: `${root.path}: module.${name}`, call })),
    ),
  )('$where is not the default of the module', ({ call }) => {
    const called = modules.find(({ name }) => name === moduleOf(call));
    expect(
      argumentsOf(call).filter(
        (name) => JSON.stringify(called?.variables.get(name)?.['default']) === JSON.stringify(call[name]),
      ),
    ).toEqual([]);
  });
});

describe.each(['aks', 'eks'] as const)('the name of a cluster on %s', (cloud) => {
  const [, limit = ''] = /must be \d+ to (\d+) /.exec(modules.find(({ name }) => name === cloud)?.text ?? '') ?? [];

  it('is limited so that it fits with the shortest organization before it', () => {
    expect(clouds[cloud].longestName).toBe(Number(limit) - 'o-'.length);
  });

  it('fits with the organization before it', () => {
    const settings = modules.find(({ name }) => name === 'settings')?.text ?? '';
    const [, organization = ''] = /organization += "([^"]+)"/.exec(settings) ?? [];
    const names = fleet.flatMap(({ name, settings: { cloud: on } }) =>
      on === cloud ? [`${organization}-${name}`] : [],
    );
    expect(names.filter(({ length }) => length > Number(limit))).toEqual([]);
  });
});
