import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonText } from '../../cli/upstream/json.ts';
import { reduced } from '../../cli/upstream/reduce.ts';
import { upstream } from '../../cli/upstream/upstream.ts';
import { repository } from '../../clusters/fleet.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';

const ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: controller
  labels: { rbac.authorization.k8s.io/aggregate-to-view: 'true' }
rules:
  # Its own.
  - apiGroups: [a.io]
    resources: [widgets]
    verbs: [get]
`;

const RINGS = { one: { clusters: ['one'] } };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-upstream-'));
  write('project/deploy/role.yaml', ROLE);
  const git = (...args: string[]) => execFileSync('git', ['-C', join(root, 'project'), ...args]);
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message=Role');
  git('tag', 'v1.0.0');
  write('clusters/one/cluster.ts', '');
  write('clusters/rings.ts', `export default ${JSON.stringify(RINGS)};`);
  write('clusters/pins/one/widgets.json', jsonText({ widgets: pin('v1.0.0') }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function pin(version: string): object {
  return { datasource: 'github-tags', packageName: 'example/widgets', version };
}

function run(writing: boolean, path = 'deploy'): Promise<string> {
  const workspace = {
    root,
    dist: join(root, 'dist'),
    repository,
    importer: { cluster: () => Promise.resolve({}), rings: () => Promise.resolve({ default: RINGS }) },
  };
  const project = { name: 'widgets', pin: 'widgets', repository: join(root, 'project'), yaml: [path] };
  return upstream(workspace, [], { write: writing, projects: [project] });
}

const written = (): string => readFileSync(join(root, 'charts/upstream/widgets.json'), 'utf8');

describe('slipway upstream', () => {
  it('writes the facts of the pinned version, and finds them up to date then', async () => {
    expect(await run(true)).toContain('widgets: v1.0.0: wrote charts/upstream/widgets.json');
    expect(JSON.parse(written())).toMatchObject({
      'v1.0.0': {
        sources: [{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        roles: [{ kind: 'ClusterRole', name: 'controller', aggregatedTo: ['view'] }],
      },
    });
    expect(written()).not.toContain('Its own');
    expect(await run(false)).toBe('widgets: v1.0.0: up to date');
  });

  it('reports facts that differ, and writes nothing', async () => {
    await run(true);
    const before = written();
    write('charts/upstream/widgets.json', before.replace('"get"', '"get", "list"'));
    await expect(run(false)).rejects.toThrow('the facts of widgets: v1.0.0 differ from its repository');
    await run(true);
    expect(written()).toBe(before);
  });

  it('removes the facts of a version that no cluster pins', async () => {
    await run(true);
    write('charts/upstream/widgets.json', written().replace('{', '{ "v0.9.0": {},'));
    await run(true);
    expect(Object.keys(JSON.parse(written()) as object)).toEqual(['v1.0.0']);
  });

  it('keeps the version that clusters of tests pin', async () => {
    write('test/fleets/clusters/pins/test/widgets.json', jsonText({ widgets: pin('v1.0.0') }));
    write('clusters/pins/one/widgets.json', jsonText({}));
    expect(await run(true)).toContain('widgets: v1.0.0: wrote');
  });

  it('names a tag and a path that do not exist', async () => {
    await expect(run(true, 'manifests')).rejects.toThrow(/a path of .* at v1.0.0 does not exist/);
    write('clusters/pins/one/widgets.json', jsonText({ widgets: pin('v2.0.0') }));
    await expect(run(true)).rejects.toThrow('git cannot fetch the tag v2.0.0');
  });
});

it('definitions are reduced to their served versions and whether they have a status', () => {
  const definition: Manifest = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.a.io' },
    spec: {
      group: 'a.io',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Cluster',
      versions: [
        { name: 'v1', served: true, subresources: { status: {} } },
        { name: 'v1alpha1', served: false },
      ],
    },
  };
  expect(reduced([definition]).kinds).toEqual([
    { group: 'a.io', kind: 'Widget', resource: 'widgets', scope: 'Cluster', versions: ['v1'], status: true },
  ]);
});
