import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { facts } from '../../cli/facts.ts';
import { order } from '../../cli/order.ts';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { ARGO_CD, FACTS, FleetFolder, GENERIC, IN_CLOUD, LAPTOP, PINS, OTHER_FACTS } from './fleet-folder.ts';

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
});
afterEach(() => fleet.remove());

describe('a cluster without facts.json', () => {
  it('is rendered to cluster.json only if its cloud needs facts; synth prints the next step and renders the others', async () => {
    fleet.add('laptop', LAPTOP);
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    fleet.add('new', { ...IN_CLOUD, domain: 'new.example.com' });
    const text = await synth(fleet, []);
    expect(text).toMatch(
      /^new: no facts\.json yet: wrote only cluster\.json, for Terraform; run terraform apply, then slipway facts new\n3 clusters, \d+ files: \d+ added \(\d+ ms\)$/m,
    );
    expect(fleet.filesBelow('dist/new')).toEqual(['cluster.json']);
    expect(JSON.parse(fleet.read('dist/new/cluster.json'))).toEqual({
      name: 'new',
      cloud: 'aks',
      domain: 'new.example.com',
      argoCd: ARGO_CD,
    });
    for (const name of ['laptop', 'made'])
      expect(fleet.filesBelow(`dist/${name}`)).toContain('applications/Application.root.yaml');
  });

  it('is rendered completely if its cloud needs no facts', async () => {
    fleet.add('laptop', LAPTOP);
    const text = await synth(fleet, []);
    expect(text).toMatch(/^1 cluster, \d+ files: \d+ added/m);
    const without = fleet.filesBelow('dist/laptop').map((path) => fleet.read(`dist/laptop/${path}`));
    fleet.add('laptop', LAPTOP, { facts: '{}' });
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/laptop').map((path) => fleet.read(`dist/laptop/${path}`))).toEqual(without);
  });

  it('is up to date for synth --check once cluster.json is rendered', async () => {
    fleet.add('new', IN_CLOUD);
    await expect(checkDist(fleet, [])).rejects.toThrow('1 file\n  missing: new/cluster.json\n');
    await synth(fleet, []);
    expect((await checkDist(fleet, [])).text).toBe(
      'new: no facts.json yet: rendered only cluster.json, for Terraform; run terraform apply, then slipway facts new\n1 cluster, 1 file: dist is up to date',
    );
  });

  it('has its other files validated', async () => {
    fleet.add('new', IN_CLOUD, { pins: { ...PINS, traefik: { ...PINS['traefik'], datasource: 'dokcer' } } });
    await expect(synth(fleet, [])).rejects.toThrow(/is invalid\n {2}at: {3}clusters\/pins\/new\/gateway\.json:\d+\n/);
    expect(existsSync(fleet.dist)).toBe(false);
  });

  it('is an error for slipway order', async () => {
    fleet.add('new', IN_CLOUD);
    await expect(order(fleet, 'new', { mermaid: false })).rejects.toThrow(
      'cluster new has no facts yet\n  at:   clusters/new/facts.json\n  fix:  create the cluster with `terraform apply` in bootstrap/roots/new, then run `slipway facts new`',
    );
  });

  it('gets facts.json from slipway facts, and is then rendered completely', async () => {
    fleet.add('new', IN_CLOUD);
    await synth(fleet, []);
    const known = JSON.parse(FACTS) as Readonly<Record<string, unknown>>;
    const outputs = Object.entries({ ...known, cluster_name: 'new' }).map(([name, value]) => [
      name,
      { sensitive: false, type: 'string', value },
    ]);
    fleet.write('outputs.json', JSON.stringify(Object.fromEntries(outputs)));
    const summary = await facts(fleet, 'new', { from: join(fleet.root, 'outputs.json') });
    expect(summary).toContain(`clusters/new/facts.json: wrote cluster_name, ${Object.keys(known).join(', ')}\n`);
    expect(summary).toContain('\n  add:    new/applications/Application.root.yaml\n');
    expect(summary).not.toContain('cluster.json');
    expect(fleet.read('clusters/new/facts.json')).toBe(FACTS.replace('{\n', '{\n  "cluster_name": "new",\n'));
    expect(await synth(fleet, [])).toMatch(/^1 cluster, \d+ files: \d+ added, 1 unchanged/m);
  });
});

it.each([
  ['aks', 22],
  ['eks', 38],
] as const)('a cluster on %s has a name of at most %i characters', async (cloud, longest) => {
  fleet.add('a'.repeat(longest), { ...IN_CLOUD, cloud });
  await synth(fleet, []);
  fleet.add('b'.repeat(longest + 1), { ...IN_CLOUD, cloud });
  await expect(synth(fleet, [])).rejects.toThrow(
    `"${'b'.repeat(longest + 1)}" is too long for the name of a cluster on ${cloud}, where names of other things begin with it\n  at:   clusters/${'b'.repeat(longest + 1)}\n  seen: ${longest + 1} characters\n  fix:  rename the folder: at most ${longest} characters`,
  );
});

describe('facts of another cluster', () => {
  it.each([
    ['terraform', IN_CLOUD, JSON.parse(FACTS) as object],
    ['people', { ...IN_CLOUD, cloud: 'generic' }, GENERIC],
  ])('in a copied facts.json that %s wrote are an error that names both', async (_, cluster, known) => {
    fleet.add('copy', cluster, { facts: JSON.stringify({ cluster_name: 'original', ...known }, null, 2) });
    await expect(synth(fleet, [])).rejects.toThrow(
      'these are the facts of cluster "original", not of cluster "copy"\n  at:   clusters/copy/facts.json:2\n  seen: {"cluster_name":"original"}\n  fix:  ',
    );
    fleet.add('copy', cluster, { facts: JSON.stringify({ cluster_name: 'copy', ...known }) });
    await synth(fleet, []);
  });

  it('may be of a file that people wrote without a name', async () => {
    fleet.add('made', { ...IN_CLOUD, cloud: 'generic' }, { facts: JSON.stringify(GENERIC) });
    expect(await synth(fleet, [])).toMatch(/^1 cluster/m);
  });
});

describe('a missing facts.json of a rendered cluster', () => {
  it.each([
    ['synth', synth],
    ['synth --check', checkDist],
  ])('is an error for %s, which removes nothing from dist', async (_, run) => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    fleet.add('made-too', { ...IN_CLOUD, domain: 'too.example.com' }, { facts: OTHER_FACTS });
    await synth(fleet, []);
    const before = fleet.filesBelow('dist');
    fleet.remove('clusters/made/facts.json');
    await expect(run(fleet, [])).rejects.toThrow(
      'cluster made has no facts.json, but dist has files that were rendered with one\n  at:   clusters/made/facts.json\n  fix:  restore it from Git, or run `slipway facts made`; to recreate the cluster, remove dist/made',
    );
    expect(fleet.filesBelow('dist')).toEqual(before);
  });

  it('is no error once dist/<cluster> is removed, to recreate the cluster', async () => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    await synth(fleet, []);
    fleet.remove('clusters/made/facts.json');
    fleet.remove('dist/made');
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/made')).toEqual(['cluster.json']);
  });
});

describe('a cluster whose facts people write', () => {
  const byHand: ClusterFile = { ...IN_CLOUD, cloud: 'generic' };
  const rest = 'write clusters/new/facts.json: docs/add-a-cloud.md says what it holds';

  it('is rendered to cluster.json only until they are written; synth and synth --check print the next step', async () => {
    fleet.add('new', byHand);
    expect(await synth(fleet, [])).toMatch(
      `new: no facts.json yet: wrote only cluster.json; ${rest}\n1 cluster, 1 file`,
    );
    expect((await checkDist(fleet, [])).text).toContain(
      `new: no facts.json yet: rendered only cluster.json; ${rest}\n`,
    );
  });

  it('is an error for slipway order without them', async () => {
    fleet.add('new', byHand);
    await expect(order(fleet, 'new', { mermaid: false })).rejects.toThrow(
      'cluster new has no facts yet\n  at:   clusters/new/facts.json\n  fix:  write it: docs/add-a-cloud.md says what it holds',
    );
  });

  it('has no Terraform root for slipway facts', async () => {
    fleet.add('new', byHand);
    await expect(facts(fleet, 'new', {})).rejects.toThrow(
      'cluster new has no Terraform root\n  at:   bootstrap/roots/new\n  fix:  people write its facts: edit clusters/new/facts.json as described in docs/add-a-cloud.md, or pass outputs with --from',
    );
  });

  it('gets facts.json, with defaults, from outputs of any Terraform that have the names of its facts', async () => {
    fleet.add('new', byHand);
    const { preinstalled: _, ...known } = GENERIC;
    const outputs = Object.entries(known).map(([name, value]) => [name, { sensitive: false, type: 'any', value }]);
    fleet.write('outputs.json', JSON.stringify(Object.fromEntries(outputs)));
    await facts(fleet, 'new', { from: join(fleet.root, 'outputs.json') });
    expect(JSON.parse(fleet.read('clusters/new/facts.json'))).toEqual({
      cluster_name: 'new',
      ...known,
      storage: { ...known.storage, expandable: false },
      dns_pods: [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }],
      api_server_cidrs: [],
      dns_server_cidrs: [],
      kubelet_self_signed: false,
      user_namespaces: false,
      preinstalled: [],
    });
    expect(await synth(fleet, [])).toMatch(/^1 cluster, \d+ files: \d+ added/m);
  });

  it('is not to be rendered to less than before if facts.json is missing', async () => {
    fleet.add('made', byHand, { facts: JSON.stringify(GENERIC) });
    await synth(fleet, []);
    fleet.remove('clusters/made/facts.json');
    await expect(synth(fleet, [])).rejects.toThrow(
      'fix:  restore it from Git; to recreate the cluster, remove dist/made',
    );
  });
});
