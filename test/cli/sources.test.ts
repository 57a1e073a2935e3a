import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clusterSchema } from '../../charts/cluster-file.ts';
import { Fault } from '../../charts/fault.ts';
import { label, type Manifest } from '../../charts/lib/manifest.ts';
import { type Pin, Pins } from '../../charts/pins.ts';
import { Archives, sha256Of } from '../../cli/sources/archives.ts';
import { KUBE_VERSION } from '../../cli/sources/helm.ts';
import { renderSources } from '../../cli/sources/sources.ts';
import { packedTexts } from '../lib/archive.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { LAPTOP } from './fleet-folder.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).error === undefined;
const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

/** For the line of a message. */
const CLUSTER_FILE = `export default {
  manifests: {
    thing: {},
  },
};
`;

let root: string;
let archives: Archives;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-sources-'));
  // A folder of its own, since other runs of these tests may be under way.
  vi.stubEnv('TMPDIR', join(root, 'tmp'));
  mkdirSync(join(root, 'tmp'));
  archives = new Archives({ XDG_CACHE_HOME: join(root, 'cache') });
  put('clusters/a/cluster.ts', CLUSTER_FILE);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function put(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const pinned = (pins: Readonly<Record<string, Pin>>): Pins =>
  new Pins({ folder: 'pins', files: [{ component: 'thing', file: 'pins/thing.json', pins }] });

/** Renders the one entry `thing` of a cluster; its archive, if any, is in the cache. */
async function render(thing: object, archive?: Buffer): Promise<Manifest[]> {
  if (archive) archives.add(archive);
  const pin: Pin = { datasource: 'github-tags', packageName: 'example/thing', version: 'v1' };
  const pins = pinned(archive ? { thing: { ...pin, sha256: sha256Of(archive) } } : {});
  const settings = clusterSchema.parse({ ...LAPTOP, manifests: { thing } });
  return (
    (await renderSources(root, { name: 'a', settings, pins, at: () => 'clusters/a/cluster.ts:3' }, archives))[
      'thing'
    ] ?? []
  );
}

const faultOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof Fault)) throw new Error(`no fault: ${String(error)}`);
  return error.message;
};

/** Folders of this machine that rendering left behind. */
const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('slipway-source-'));

describe('YAML', () => {
  it('of a folder is read file by file, sorted, with documents and lists', async () => {
    put('thing/b.yaml', `${map('b')}---\n---\n${map('c')}`);
    put('thing/a/list.yml', `apiVersion: v1\nkind: List\nitems:\n  - ${map('a').trim().replaceAll('\n', '\n    ')}\n`);
    put('thing/z.json', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"z"}}');
    put('thing/README.md', '# not read');
    expect((await render({ yaml: { folder: 'thing' } })).map(label)).toEqual(
      ['a', 'b', 'c', 'z'].map((name) => `ConfigMap ${name}`),
    );
  });

  it('of an archive is read at its path, a folder or a file', async () => {
    const archive = await packedTexts({ 'thing-1/deploy/a.yaml': map('a'), 'thing-1/b.yaml': map('b') });
    expect((await render({ yaml: { path: 'deploy' } }, archive)).map(label)).toEqual(['ConfigMap a']);
    expect((await render({ yaml: { path: 'b.yaml' } }, archive)).map(label)).toEqual(['ConfigMap b']);
    expect(await faultOf(render({ yaml: { path: 'nowhere' } }, archive))).toContain(
      'the path of manifests.thing in its archive does not exist',
    );
    expect(leftovers()).toEqual([]);
  });
});

describe('an archive', () => {
  it('with a path or a link that leads out of it is refused, and nothing is written', async () => {
    mkdirSync(join(root, 'top'));
    put('top/a.yaml', map('a'));
    symlinkSync('../../../etc/passwd', join(root, 'top', 'link.yaml'));
    await create({ gzip: true, cwd: root, file: join(root, 'link.tgz') }, ['top']);
    put('outside.yaml', map('outside'));
    mkdirSync(join(root, 'in'));
    await create({ gzip: true, cwd: join(root, 'in'), file: join(root, 'out.tgz'), preservePaths: true }, [
      '../outside.yaml',
    ]);
    const read = (file: string): Buffer => execFileSync('cat', [join(root, file)]);
    expect(await faultOf(render({ yaml: {} }, read('link.tgz')))).toContain('seen: top/link.yaml');
    expect(await faultOf(render({ yaml: {} }, read('out.tgz')))).toContain('seen: ../outside.yaml');
    expect(leftovers()).toEqual([]);
  });

  it('that is damaged is refused with the reason', async () => {
    const archive = await packedTexts({ 'thing-1/a.yaml': map('a') });
    expect(await faultOf(render({ yaml: {} }, archive.subarray(0, 40)))).toContain('cannot be unpacked');
    expect(leftovers()).toEqual([]);
  });
});

describe('a kustomization', () => {
  it.skipIf(!hasKubectl)('is rendered with its local bases', async () => {
    put('base/kustomization.yaml', 'resources: [map.yaml]\n');
    put('base/map.yaml', map('a'));
    put('overlay/kustomization.yaml', 'resources: [../base]\nnamePrefix: my-\nnamespace: thing\n');
    expect((await render({ kustomize: { folder: 'overlay' } })).map(label)).toEqual(['ConfigMap thing/my-a']);
  });

  it.skipIf(!hasKubectl)('that does not render shows what kubectl says', async () => {
    put('thing/kustomization.yaml', 'resources: [map.yaml]\nnamePrefx: my-\n');
    put('thing/map.yaml', map('a'));
    const message = await faultOf(render({ kustomize: { folder: 'thing' } }));
    expect(message).toMatch(
      /^kubectl cannot render the entry "thing" of manifests\n {2}at: {3}clusters\/a\/cluster\.ts:3\n/,
    );
    expect(message).toContain('namePrefx');
  });

  it('with a remote base, direct or of a base, is refused before kubectl runs', async () => {
    put('base/kustomization.yaml', 'resources: ["https://example.com/x.yaml"]\n');
    put('thing/kustomization.yaml', 'resources: [../base, "github.com/example/x//deploy?ref=v1"]\n');
    const message = await faultOf(render({ kustomize: { folder: 'thing' } }));
    expect(message).toContain('seen: https://example.com/x.yaml, in ../base/kustomization.yaml');
    expect(message).toContain('seen: github.com/example/x//deploy?ref=v1, in kustomization.yaml');
  });
});

/** Puts a program on the PATH, before all others. */
function program(name: string, script: string): void {
  put(`bin/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
  vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env['PATH']}`);
}

describe('a chart', () => {
  it('is rendered by helm with its values, for one version of Kubernetes, without network and without settings', async () => {
    put('thing/Chart.yaml', 'name: thing\n');
    program(
      'helm',
      `echo "$@" > ${root}/args; env > ${root}/env; cat "$7" > ${root}/values; printf '${map('a').replaceAll('\n', '\\n')}'`,
    );
    vi.stubEnv('HELM_PLUGINS', '/plugins');
    vi.stubEnv('KUBECONFIG', '/kubeconfig');
    const helm = {
      folder: 'thing',
      values: { replicas: 2 },
      release: 'other',
      noHooks: true,
      apiVersions: ['example.com/v1'],
    };
    expect((await render({ helm })).map(label)).toEqual(['ConfigMap a']);
    const args = readFileSync(join(root, 'args'), 'utf8');
    expect(args).toMatch(
      new RegExp(
        `^template other ${root}/thing --namespace thing --values \\S+ --include-crds --skip-tests --kube-version 1`,
      ),
    );
    expect(args).toMatch(/ --no-hooks .*--api-versions apps\/v1 .*--api-versions example\.com\/v1\n$/);
    expect(JSON.parse(readFileSync(join(root, 'values'), 'utf8'))).toEqual({ replicas: 2 });
    const environment = readFileSync(join(root, 'env'), 'utf8');
    expect(environment).toContain('HTTPS_PROXY=http://127.0.0.1:9');
    expect(environment).not.toMatch(/HELM_PLUGINS|KUBECONFIG/);
  });

  it('finds the version of Kubernetes that bootstrap installs', () => {
    const terraform = readFileSync(join(REPOSITORY, 'bootstrap', 'modules', 'settings', 'main.tf'), 'utf8');
    expect(KUBE_VERSION).toBe(`${/kubernetes_version = "([\d.]+)"/.exec(terraform)?.[1]}.0`);
  });

  it('that does not render shows what helm says', async () => {
    put('thing/Chart.yaml', 'name: thing\n');
    program('helm', 'echo "Error: values do not meet the schema" >&2; exit 1');
    expect(await faultOf(render({ helm: { folder: 'thing' } }))).toContain(
      'seen: Error: values do not meet the schema',
    );
  });
});

it.each([
  ['helm', { helm: { folder: 'thing' } }, 'https://helm.sh/docs/intro/install'],
  ['kubectl', { kustomize: { folder: 'thing' } }, 'https://kubernetes.io/docs/tasks/tools'],
])('without %s on the PATH, the message names the entry and where to get it', async (name, source, address) => {
  put('thing/kustomization.yaml', 'resources: []\n');
  vi.stubEnv('PATH', join(root, 'empty'));
  expect(await faultOf(render(source))).toBe(
    `the entry "thing" of manifests is rendered by ${name}, which is not on the PATH\n  at:   clusters/a/cluster.ts:3\n  fix:  install it: ${address}`,
  );
});

it('reports the mistakes of all entries', async () => {
  const settings = clusterSchema.parse({
    ...LAPTOP,
    manifests: { one: { yaml: { folder: 'one' } }, two: { yaml: { folder: 'two' } } },
  });
  const message = await faultOf(
    renderSources(root, { name: 'a', settings, pins: pinned({}), at: () => 'clusters/a/cluster.ts:3' }, archives),
  );
  expect(message).toContain('the folder of manifests.one does not exist');
  expect(message).toContain('the folder of manifests.two does not exist');
});
