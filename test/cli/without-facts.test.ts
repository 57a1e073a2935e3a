import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { facts } from '../../cli/facts.ts';
import { order } from '../../cli/order.ts';
import { checkDist, synth } from '../../cli/synth.ts';
import { FACTS, FleetFolder, IN_CLOUD, LAPTOP, PINS } from './fleet-folder.ts';

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
});
afterEach(() => fleet.remove());

describe('a cluster without facts.json', () => {
  it('has only cluster.json if its cloud needs facts; synth says what comes next, and renders the others', async () => {
    fleet.add('laptop', LAPTOP);
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    fleet.add('new', { ...IN_CLOUD, domain: 'new.example.com' });
    const text = await synth(fleet, []);
    expect(text).toMatch(
      /^new: no facts\.json yet: wrote what Terraform reads; run terraform apply, then slipway facts new\n3 clusters, \d+ files: \d+ added \(\d+ ms\)$/,
    );
    expect(fleet.filesBelow('dist/new')).toEqual(['cluster.json']);
    expect(JSON.parse(fleet.read('dist/new/cluster.json'))).toEqual({
      name: 'new',
      cloud: 'aks',
      domain: 'new.example.com',
    });
    for (const name of ['laptop', 'made'])
      expect(fleet.filesBelow(`dist/${name}`)).toContain('applications/Application.root.yaml');
  });

  it('is all there if its cloud needs none', async () => {
    fleet.add('laptop', LAPTOP);
    const text = await synth(fleet, []);
    expect(text).toMatch(/^1 cluster, \d+ files: \d+ added/);
    const without = fleet.filesBelow('dist/laptop').map((path) => fleet.read(`dist/laptop/${path}`));
    fleet.add('laptop', LAPTOP, { facts: '{}' });
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/laptop').map((path) => fleet.read(`dist/laptop/${path}`))).toEqual(without);
  });

  it('is what synth --check takes for rendered, and says so', async () => {
    fleet.add('new', IN_CLOUD);
    await expect(checkDist(fleet, [])).rejects.toThrow('1 file\n  missing: new/cluster.json\n');
    await synth(fleet, []);
    expect(await checkDist(fleet, [])).toBe(
      'new: no facts.json yet: rendered what Terraform reads; run terraform apply, then slipway facts new\n1 cluster, 1 file: dist is what is rendered',
    );
  });

  it('has its other files checked', async () => {
    fleet.add('new', IN_CLOUD, { pins: PINS.replace('"datasource": "docker"', '"datasource": "dokcer"') });
    await expect(synth(fleet, [])).rejects.toThrow(/is not right\n {2}at: {3}clusters\/new\/pins\.json:\d+\n/);
    expect(existsSync(fleet.dist)).toBe(false);
  });

  it('has no order yet', async () => {
    fleet.add('new', IN_CLOUD);
    await expect(order(fleet, 'new', { mermaid: false })).rejects.toThrow(
      'cluster new has no facts yet\n  at:   clusters/new/facts.json\n  fix:  make the cluster with `terraform apply` in bootstrap/roots/new, then run `slipway facts new`',
    );
  });

  it('gets it by slipway facts, and is then rendered', async () => {
    fleet.add('new', IN_CLOUD);
    await synth(fleet, []);
    const known = JSON.parse(FACTS) as Readonly<Record<string, unknown>>;
    const outputs = Object.entries(known).map(([name, value]) => [name, { sensitive: false, type: 'string', value }]);
    fleet.write('outputs.json', JSON.stringify(Object.fromEntries(outputs)));
    const said = await facts(fleet, 'new', { from: join(fleet.root, 'outputs.json') });
    expect(said).toContain(`clusters/new/facts.json: wrote ${Object.keys(known).join(', ')}\n`);
    expect(said).toContain('\n  add:    new/applications/Application.root.yaml\n');
    expect(said).not.toContain('cluster.json');
    expect(fleet.read('clusters/new/facts.json')).toBe(FACTS);
    expect(await synth(fleet, [])).toMatch(/^1 cluster, \d+ files: \d+ added, 1 unchanged/);
  });
});

describe('facts.json that was lost', () => {
  it.each([
    ['synth', synth],
    ['synth --check', checkDist],
  ])('is a mistake for %s, and takes nothing of the running cluster out of dist', async (_, run) => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    fleet.add('made-too', IN_CLOUD, { facts: FACTS });
    await synth(fleet, []);
    const before = fleet.filesBelow('dist');
    fleet.remove('clusters/made/facts.json');
    await expect(run(fleet, [])).rejects.toThrow(
      'cluster made has no facts.json, yet dist holds what was rendered with one\n  at:   clusters/made/facts.json\n  fix:  bring it back from Git, or run `slipway facts made`; if the cluster is to be made anew, remove dist/made',
    );
    expect(fleet.filesBelow('dist')).toEqual(before);
  });

  it('does not keep a cluster from being made anew once its folder of dist is removed', async () => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    await synth(fleet, []);
    fleet.remove('clusters/made/facts.json');
    fleet.remove('dist/made');
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/made')).toEqual(['cluster.json']);
  });
});
