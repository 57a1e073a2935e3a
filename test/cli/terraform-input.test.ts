import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { ARGO_CD, FACTS, FleetFolder, IN_CLOUD, LAPTOP } from './fleet-folder.ts';

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
});
afterEach(() => fleet.remove());

describe('dist/<cluster>/cluster.json', () => {
  it('has name, cloud, domain and the pinned Argo CD, in this order, one per line', async () => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    await synth(fleet, []);
    expect(fleet.read('dist/made/cluster.json')).toBe(
      `${JSON.stringify({ name: 'made', cloud: 'aks', domain: 'example.com', argoCd: ARGO_CD }, null, 2)}\n`,
    );
  });

  it('is the only file next to the folders of the components', async () => {
    fleet.add('laptop', LAPTOP);
    await synth(fleet, []);
    expect(fleet.filesBelow('dist/laptop').filter((path) => !path.includes('/'))).toEqual(['cluster.json']);
  });

  it('is in no folder that Argo CD syncs', async () => {
    fleet.add('made', IN_CLOUD, { facts: FACTS });
    await synth(fleet, []);
    const paths = fleet
      .filesBelow('dist/made/applications')
      .flatMap((file) => [...fleet.read(`dist/made/applications/${file}`).matchAll(/^ +path: (.*)$/gm)])
      .map(([, path = '']) => path)
      .filter((path) => path.startsWith('dist'));
    expect(paths).not.toEqual([]);
    expect(paths.filter((path) => !/^dist\/made\/[^/]+$/.test(path))).toEqual([]);
  });

  it('is compared by synth --check', async () => {
    fleet.add('laptop', LAPTOP);
    await synth(fleet, []);
    fleet.write('dist/laptop/cluster.json', '{}');
    await expect(checkDist(fleet, [])).rejects.toThrow('1 file\n  stale:   laptop/cluster.json\n');
    fleet.remove('dist/laptop/cluster.json');
    await expect(checkDist(fleet, [])).rejects.toThrow('1 file\n  missing: laptop/cluster.json\n');
    await synth(fleet, []);
    expect((await checkDist(fleet, [])).text).toMatch(/^1 cluster, \d+ files: dist is up to date$/);
  });

  it('is removed with its cluster', async () => {
    fleet.add('laptop', LAPTOP);
    fleet.add('other', { ...LAPTOP, domain: 'other.localhost' });
    await synth(fleet, []);
    fleet.drop('other');
    await synth(fleet, []);
    expect(existsSync(join(fleet.dist, 'other'))).toBe(false);
  });
});

const hasTerraform = spawnSync('terraform', ['version']).status === 0;

describe.runIf(hasTerraform)('bootstrap/modules/settings', () => {
  /** Applies a root with the settings module; returns its status and output. */
  function settingsOf(cluster: string): { readonly status: number | null; readonly text: string } {
    const root = join(fleet.root, 'bootstrap', 'roots', cluster);
    const settings = join('bootstrap', 'modules', 'settings');
    cpSync(join(import.meta.dirname, '..', '..', settings), join(fleet.root, settings), { recursive: true });
    mkdirSync(root, { recursive: true });
    const reads = { source: '../../modules/settings', cluster };
    const output = { domain: { value: '${module.it.domain}' } };
    fleet.write(`bootstrap/roots/${cluster}/main.tf.json`, JSON.stringify({ module: { it: reads }, output }));
    const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
    const run = (...args: string[]) => spawnSync('terraform', [`-chdir=${root}`, ...args], { encoding: 'utf8', env });
    expect(run('init', '-input=false').status).toBe(0);
    const { status, stdout, stderr } = run('apply', '-auto-approve', '-input=false', '-no-color');
    return { status, text: stdout + stderr };
  }

  it('outputs the domain of a cluster without facts', async () => {
    fleet.add('new', { ...IN_CLOUD, domain: 'new.example.com' });
    await synth(fleet, []);
    expect(fleet.read('clusters/new/cluster.ts')).toContain('"domain": "new.example.com"');
    expect(settingsOf('new').text).toContain('domain = "new.example.com"');
  });

  it('fails for a cluster that is not rendered, with the command to run', () => {
    fleet.add('new', IN_CLOUD);
    const { status, text } = settingsOf('new');
    expect(status).toBe(1);
    expect(text.replaceAll(/[│\s]+/g, ' ')).toContain(
      'There is no dist/new/cluster.json: describe the cluster in clusters/new/cluster.ts, then run "npm run synth".',
    );
  });
});
