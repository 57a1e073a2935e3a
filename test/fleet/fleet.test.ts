import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FleetOverview } from '../../charts/fleet/overview/model.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { fleet } from '../../cli/fleet/command.ts';
import { fleetJsonSchema, fleetOf } from '../../cli/fleet/fleet.ts';
import { markdown } from '../../cli/fleet/markdown.ts';
import { terminal } from '../../cli/fleet/terminal.ts';
import { width } from '../../cli/plan/text.ts';
import { application, deployment, object, route, statefulSet } from '../plan/objects.ts';

const SCHEMA = join(import.meta.dirname, '../../docs/fleet.schema.json');
const scratch = mkdtempSync(join(tmpdir(), 'slipway-fleet-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let root: string;
let count = 0;

function git(...args: readonly string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const options = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main'];
  execFileSync('git', [...options, ...args], { cwd: root, env, stdio: 'ignore' });
}

function commit(): void {
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Render');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function render(cluster: string, ...objects: readonly Manifest[]): void {
  for (const one of objects) {
    const folder = one.kind === 'Application' ? 'applications' : 'app';
    write(`dist/${cluster}/${folder}/${one.kind}.${one.metadata.name}.yaml`, dump(one));
  }
  write(`dist/${cluster}/cluster.json`, '{}');
}

const workspace = () => ({
  root,
  dist: join(root, 'dist'),
  repository: { url: 'https://git.example/x.git', revision: 'main' },
  importer: { cluster: () => Promise.reject(new Error()), rings: () => Promise.reject(new Error()) },
});
const shown = (names: readonly string[] = [], base?: string, columns = 80): string =>
  terminal(fleetOf(workspace(), names, base), names.length === 1, { columns, colour: false });

const asks = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory }, limits: { memory } } });
const app = (version: string, replicas = 2): Manifest =>
  deployment({ image: `registry.example/app:${version}`, ...asks('250m', '512Mi') }, { replicas });

beforeEach(() => {
  count += 1;
  root = join(scratch, `repository-${count}`);
  mkdirSync(root);
  const source = { path: 'dist/eu/app', repoURL: 'https://git.example/x.git' };
  render('eu', app('1.0'), route({ hostnames: ['app.eu.example.com'] }), application({ source }));
  render('us', app('1.1'), statefulSet({ template: { spec: { containers: [] } } }));
});

describe('slipway fleet', () => {
  it('shows clusters beside each other, and marks where they differ, without Git', () => {
    render('empty');
    expect(`\n${shown()}`).toBe(`
Fleet: 3 clusters

       empty  eu   us
≠ app  –      1.0  1.1

≠ clusters do not have the same

                   empty  eu     us
  pods             0      2      5
  CPU              0      0.5    0.5
  memory           0      1 GiB  1 GiB
  memory limit     0      1 GiB  1 GiB
  CPU per node     0      0      0
  memory per node  0      0      0
  volumes          0      0      3
  volume size      0      0      30 GiB
  hosts            0      1      0
  certificates     0      0      0
  schedules        0      0      0`);
  });

  it('shows what has changed since the base, of clusters that are new or gone too', () => {
    commit();
    render('eu', app('1.1', 3));
    rmSync(join(root, 'dist/us'), { recursive: true });
    render('asia', app('1.1', 1));
    const lines = shown([], 'HEAD').split('\n');
    expect(lines[0]).toMatch(/^Fleet: 3 clusters, compared with [0-9a-f]{7,}$/);
    expect(lines.slice(2, 10).map((line) => line.split(/ {2,}/).join('|'))).toEqual([
      '|asia|eu|us',
      '|app|– → 1.1|1.0 → 1.1|1.1 → –',
      '',
      '|asia|eu|us',
      '|pods|1 +1|3 +1|0 −5',
      '|CPU|0.25 +0.25|0.75 +0.25|0 −0.5',
      '|memory|512 MiB +512 MiB|1.5 GiB +512 MiB|0 −1 GiB',
      '|memory limit|512 MiB +512 MiB|1.5 GiB +512 MiB|0 −1 GiB',
    ]);
  });

  it('shows one cluster in detail, with what has come and gone', () => {
    commit();
    render(
      'eu',
      route({ hostnames: ['app.example.com'] }),
      object('velero.io/v1', 'Schedule', { spec: { schedule: '0 2 * * *', template: { ttl: '720h0m0s' } } }),
      statefulSet({ replicas: 1, template: { spec: { containers: [] } } }),
    );
    const text = shown(['eu'], 'HEAD');
    expect(`\n${text.slice(text.indexOf('\n') + 1)}`).toBe(`

Requests
       version  pods  CPU  memory  memory limit
  app  1.0      3 +1  0.5  1 GiB   1 GiB

Volumes
       StorageClass  volumes  size
  app  (default)     1 +1     10 GiB +10 GiB

Hosts
  + app.example.com: HTTPRoute app/app
  − app.eu.example.com: HTTPRoute app/app

Schedules
  + Schedule app/app: 0 2 * * *, kept for 30d`);
  });

  it('lists an image beside the main one where clusters differ, or it has changed', () => {
    const pods = (side: string): Manifest =>
      deployment(
        {},
        {},
        { containers: ['x/app:1', `x/side:${side}`, 'x/same:1'].map((image, i) => ({ name: `c${i}`, image })) },
      );
    render('eu', pods('2'));
    render('us', pods('2'));
    rmSync(join(root, 'dist/us/app/StatefulSet.app.yaml'));
    commit();
    render('us', pods('3'));
    const labels = (base?: string) => shown([], base).split('\n').slice(3, 5);
    expect(labels()).toEqual(['  app     1   1', '≠   side  2   3']);
    expect(labels('HEAD')).toEqual(['  app     1   1', '≠   side  2   2 → 3']);
  });

  it('says how many pods have no limit of memory', () => {
    render('eu', deployment({ image: 'registry.example/app:1.0' }));
    expect(shown()).toMatch(/memory limit +0, 3 pods without +1 GiB\n/);
  });

  it('tells digests of one tag apart', () => {
    render('eu', app(`1.0@sha256:${'a'.repeat(64)}`));
    render('us', app(`1.0@sha256:${'b'.repeat(64)}`));
    expect(shown()).toContain('≠ app  1.0@aaaaaaaa  1.0@bbbbbbbb');
  });

  it.each([40, 60, 80, 200])('takes no more than %i columns, and loses no cluster', (columns) => {
    for (let i = 0; i < 12; i++) render(`a-cluster-with-a-long-name-${i}`, app(`1.0.${i}`));
    const text = shown([], undefined, columns);
    expect(text.split('\n').filter((line) => width(line) > columns)).toEqual([]);
    for (let i = 0; i < 12; i++) expect(text).toContain(`1.0.${i}`);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a cluster that is not there', () => fleetOf(workspace(), ['ue']), /dist has no cluster "ue"[^]*eu/],
    ['a misspelt cluster', () => (render('europe'), fleetOf(workspace(), ['eurpoe'])), /did you mean "europe"\?/],
    ['a base without Git', () => fleetOf(workspace(), [], 'HEAD'), /in no Git repository/],
    ['a base that is no commit', () => (commit(), fleetOf(workspace(), [], 'nothing')), /there is no commit "nothing"/],
    [
      'no dist',
      () => (rmSync(join(root, 'dist'), { recursive: true }), fleetOf(workspace(), [])),
      /no dist[^]*npm run synth/,
    ],
    [
      'a file that is no object',
      () => (write('dist/eu/app/Pod.x.yaml', 'x: ['), fleetOf(workspace(), [])),
      /no Kubernetes object[^]*Pod\.x\.yaml[^]*x: \[/,
    ],
    [
      'a file that cannot be written',
      () => fleet(workspace(), [], { markdown: root }),
      /the overview cannot be written/,
    ],
  ])('says what to do about %s', async (_, run, message) => {
    await expect((async () => run())()).rejects.toThrow(message);
  });
});

describe('slipway fleet --json', () => {
  it('has the published schema: write it with `npx vitest run test/fleet/fleet.test.ts -u`', async () => {
    await expect(fleetJsonSchema()).toMatchFileSnapshot(SCHEMA);
  });

  it('is what the schema says, and nothing else', async () => {
    commit();
    const published = z.fromJSONSchema(
      JSON.parse(readFileSync(SCHEMA, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0],
    );
    const json = JSON.parse(await fleet(workspace(), [], { json: true, base: 'HEAD' })) as FleetOverview;
    expect(published.safeParse(json).success).toBe(true);
    expect(json.clusters).toEqual(json.base?.clusters);
    expect(published.safeParse({ ...json, version: 2 }).success).toBe(false);
    expect(published.safeParse({ ...json, other: true }).success).toBe(false);
  });
});

describe('slipway fleet --markdown', () => {
  it('writes totals and versions into a file', async () => {
    const file = join(root, 'fleet.md');
    await fleet(workspace(), [], { markdown: file });
    expect(readFileSync(file, 'utf8')).toBe(`<!-- slipway-fleet -->

### Fleet: 2 clusters

|  | pods | CPU | memory | memory limit | CPU per node | memory per node | volumes | volume size | hosts | certificates | schedules |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| \`eu\` | 2 | 0.5 | 1 GiB | 1 GiB | 0 | 0 | 0 | 0 | 1 | 0 | 0 |
| \`us\` | 5 | 0.5 | 1 GiB | 1 GiB | 0 | 0 | 3 | 30 GiB | 0 | 0 | 0 |

<details><summary>Versions: 1 component</summary>

|  | \`eu\` | \`us\` |
| --- | --- | --- |
| ≠ \`app\` | \`1.0\` | \`1.1\` |

≠: clusters do not have the same.

</details>
`);
  });

  it('leaves out what all clusters have the same, then all versions, rather than grow beyond a comment', () => {
    for (let i = 0; i < 50; i++)
      for (const cluster of ['eu', 'us'])
        render(
          cluster,
          application({ source: { path: 'x', repoURL: 'x', targetRevision: '1' } }, { name: `same-${i}` }),
        );
    const found = fleetOf(workspace(), []);
    expect(markdown(found)).toContain('`same-49`');
    const shorter = markdown(found, { limit: 1200 });
    expect(shorter).not.toContain('same-');
    expect(shorter).toContain('no room for 50 components of which all clusters have the same');
    expect(shorter).toContain('| ≠ `app` | `1.0` | `1.1` |');
    const shortest = markdown(found, { limit: 600 });
    expect(shortest).toContain('no room for the versions');
    expect(shortest).toContain('| `us` | 5 |');
    for (const limit of [65_536, 1200, 600, 200]) expect(markdown(found, { limit }).length).toBeLessThanOrEqual(limit);
  });

  it('writes names that mean something in Markdown as code', () => {
    render('eu', app('1.0'), application({}, { name: 'a|b' }));
    expect(markdown(fleetOf(workspace(), []))).toContain(String.raw`\`a\|b\``.replaceAll('\\`', '`'));
  });
});
