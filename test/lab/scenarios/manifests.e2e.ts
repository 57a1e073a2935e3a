import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYNC_WAVE } from '../../../charts/lib/argo.ts';
import { at, label, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { loadCluster } from '../../../cli/load.ts';
import { pinFile } from '../../../cli/pin-files.ts';
import { sha256Of } from '../../../cli/sources/archives.ts';
import { INVARIANTS } from '../../invariants/all.ts';
import { uselessWaivers, violationsOf } from '../../invariants/waivers.ts';
import { packed } from '../../lib/archive.ts';
import { type ClusterObjects, manifestsOf } from '../../lib/cluster-objects.ts';
import { FileServer } from '../../lib/file-server.ts';
import { clusterObjectsOf, readObjects } from '../../lib/fleet.ts';
import { importerOf } from '../../lib/load-fleet.ts';
import { isTrue } from '../conditions.ts';
import { LAB_MANAGER } from '../control-plane.ts';
import { Rehearsal, root, say } from './rehearsal.ts';

const run = promisify(execFile);

/** A cluster with one chart, and the one rule that the chart does not meet. */
const CLUSTER = 'upstream';
/** A ring of its own: what is pinned for others too would be an error. */
const RING = 'upstream';
/** The components that it has beside the chart. */
const COMPONENTS = [
  'argo-cd',
  'cert-manager',
  'external-secrets',
  'gateway',
  'gateway-api',
  'object-store',
  'reloader',
  'velero',
];
const CLUSTER_FILE = `import { defineCluster } from '../../charts/cluster-file.ts';

export default defineCluster({
  cloud: 'kind',
  domain: 'upstream.example.net',
  certManager: {},
  externalSecrets: {},
  gateway: { replicas: 1 },
  objectStore: { size: '10Gi' },
  velero: { schedule: '0 2 * * *', retentionDays: 3 },
  manifests: {
    parrot: {
      helm: { values: { replicaCount: 2, greeting: 'hello' } },
      host: { service: 'parrot', port: 8080 },
      network: { parrot: { egress: [{ to: 'api-server' }] } },
    },
  },
  waivers: [
    {
      object: 'Deployment parrot/parrot',
      invariant: 'every container has requests and limits',
      because: 'the chart has no limit of ephemeral storage',
    },
  ],
});
`;

let rehearsal: Rehearsal;
let server: FileServer;
let chart: Buffer;
let objects: ClusterObjects;

beforeAll(async () => {
  chart = await packed(join(root, 'test', 'lab', 'charts'), 'parrot');
  server = await FileServer.start({
    '/parrot-1.2.3.tgz': chart,
    '/index.yaml':
      'apiVersion: v1\nentries:\n  parrot:\n    - { name: parrot, version: 1.2.3, urls: [parrot-1.2.3.tgz] }\n',
  });
  rehearsal = await Rehearsal.of('test-kind');
  addCluster();
});
afterAll(async () => {
  await server?.stop();
  await rehearsal?.end();
});

/** Adds the cluster to the checkout, pinned to the chart on loopback. */
function addCluster(): void {
  const clusters = join(rehearsal.checkout.folder, 'clusters');
  mkdirSync(join(clusters, CLUSTER));
  writeFileSync(join(clusters, CLUSTER, 'cluster.ts'), CLUSTER_FILE);
  writeFileSync(
    join(clusters, 'rings.ts'),
    readFileSync(join(clusters, 'rings.ts'), 'utf8').replace(
      /defineRings\(\{\n/,
      `$&  ${RING}: { clusters: ['${CLUSTER}'] },\n`,
    ),
  );
  mkdirSync(join(clusters, 'pins', RING));
  for (const component of COMPONENTS)
    cpSync(join(clusters, 'pins', 'first', `${component}.json`), join(clusters, 'pins', RING, `${component}.json`));
  writePin({ datasource: 'helm', packageName: 'parrot', registryUrl: server.url, version: '1.2.3' });
}

function writePin(parrot: object): void {
  const file = join(rehearsal.checkout.folder, pinFile(RING, 'parrot'));
  writeFileSync(file, JSON.stringify({ parrot }, null, 2));
}

/** Runs the command line in the checkout, with the lab's helm and a cache of its own. */
async function slipway(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, ['cli/slipway.mjs', ...args], {
    cwd: rehearsal.checkout.folder,
    env: environment(),
  }).catch((error: unknown) => error as { stdout: string; stderr: string });
  return stdout + stderr;
}

function environment(): Record<string, string | undefined> {
  return {
    ...process.env,
    PATH: `${rehearsal.lab.props.kit.folder}:${process.env['PATH']}`,
    XDG_CACHE_HOME: rehearsal.checkout.siblingPath('cache'),
  };
}

const find = (kind: string, name: string): Manifest => {
  const found = manifestsOf(objects).find(
    (m) => m.kind === kind && m.metadata.name === name && (m.metadata.namespace ?? 'parrot') === 'parrot',
  );
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const waveOf = (kind: string, name: string): number => Number(find(kind, name).metadata.annotations?.[SYNC_WAVE] ?? 0);

test('without a sha256 the chart is not rendered, and fetch tells what it saw', async () => {
  expect(await slipway('synth', CLUSTER)).toContain('pin "parrot" has no sha256');
  expect(await slipway('fetch', CLUSTER)).toContain(`seen: ${sha256Of(chart)}, of ${server.url}/parrot-1.2.3.tgz`);
});

test('fetch --write pins the chart, and a second fetch asks no server', async () => {
  expect(await slipway('fetch', CLUSTER, '--write')).toContain(`wrote its sha256 ${sha256Of(chart)}`);
  const before = server.requests.length;
  expect(await slipway('fetch', CLUSTER)).toBe(`${CLUSTER}: parrot: parrot 1.2.3: in the cache\n`);
  expect(server.requests).toHaveLength(before);
});

test('synth renders the chart by helm, without its test, the same bytes each time', async () => {
  expect(await slipway('synth', CLUSTER)).toMatch(/^1 cluster, \d+ files: \d+ added/m);
  expect(await slipway('synth', '--check', CLUSTER)).toContain('dist is up to date');
  const { folder } = rehearsal.checkout;
  // In this process, loading renders the chart too.
  Object.assign(process.env, environment());
  const cluster = await loadCluster(folder, CLUSTER, importerOf(folder));
  objects = clusterObjectsOf(cluster, readObjects(join(folder, 'dist', CLUSTER)));
  const own = objects.objects.filter(({ component }) => component === 'parrot').map(({ manifest }) => label(manifest));
  say(own.join(', '));
  expect(own.toSorted()).toEqual([
    'ConfigMap parrot/parrot',
    'CustomResourceDefinition servicemonitors.monitoring.coreos.com',
    'Deployment parrot/parrot',
    'HTTPRoute parrot/parrot',
    'Namespace parrot',
    'NetworkPolicy parrot/default-deny',
    'NetworkPolicy parrot/parrot',
    'PodDisruptionBudget parrot/parrot',
    'Service parrot/parrot',
    'ServiceAccount parrot/parrot',
    'ServiceMonitor parrot/parrot',
  ]);
});

test('its order is derived: the definition before its custom resource, the application after the gateway', () => {
  expect(waveOf('ServiceMonitor', 'parrot')).toBeGreaterThan(
    waveOf('CustomResourceDefinition', 'servicemonitors.monitoring.coreos.com'),
  );
  // Argo CD applies a ConfigMap and a ServiceAccount before a Deployment of the same wave.
  expect(waveOf('Deployment', 'parrot')).toBe(0);
  const application = (name: string): number =>
    Number(
      manifestsOf(objects).find((m) => m.kind === 'Application' && m.metadata.name === name)?.metadata.annotations?.[
        SYNC_WAVE
      ],
    );
  expect(application('parrot')).toBeGreaterThan(application('gateway'));
});

test('its pods have a NetworkPolicy: the gateway may call the container port, they may call the API server', () => {
  const policy = find('NetworkPolicy', 'parrot');
  expect(at(policy, 'spec', 'ingress')).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
          podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/name': 'gateway' }) },
        },
      ],
      ports: [{ port: 9898, protocol: 'TCP' }],
    },
  ]);
  expect(at(policy, 'spec', 'egress', 1, 'ports')).toEqual([
    { port: 443, protocol: 'TCP' },
    { port: 6443, protocol: 'TCP' },
  ]);
  expect(textAt(find('HTTPRoute', 'parrot'), 'spec', 'hostnames', 0)).toBe('parrot.upstream.example.net');
});

test('it meets every invariant, with one waiver that is needed', async () => {
  expect(INVARIANTS.flatMap((invariant) => violationsOf(objects, invariant))).toEqual([]);
  expect(uselessWaivers(objects, INVARIANTS)).toEqual([]);
  expect(INVARIANTS.flatMap((invariant) => invariant.check(objects))).toEqual([
    'container "parrot" of Deployment parrot/parrot has no ephemeral-storage limit',
  ]);
  expect(await slipway('waivers')).toContain('because:       the chart has no limit of ephemeral storage');
});

test('the API server accepts every object without a warning', async () => {
  await rehearsal.lab.startPlane();
  const { api } = rehearsal.lab.plane;
  const own = objects.objects.filter(({ component }) => component === 'parrot').map(({ manifest }) => manifest);
  const first = own.filter(({ kind }) => ['Namespace', 'CustomResourceDefinition'].includes(kind));
  for (const manifest of first) await api.apply(manifest, { manager: LAB_MANAGER });
  await served();
  const results = await Promise.all(
    own.map(async (manifest) => {
      const { status, body, warnings } = await api.tryApply(manifest, { manager: 'argocd-controller', dryRun: true });
      return [...(status >= 300 ? [`${label(manifest)}: ${status} ${String(at(body, 'message'))}`] : []), ...warnings];
    }),
  );
  expect(own.length).toBe(11);
  expect(results.flat()).toEqual([]);
});

/** Waits until the API server serves the chart's definition. */
async function served(): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/servicemonitors.monitoring.coreos.com';
  const isServed = async () => isTrue(await rehearsal.lab.plane.api.get(path), 'Established');
  expect(await rehearsal.lab.waitFor(isServed, 30)).toBe(true);
}

test('a chart with random values is refused, naming the objects that differ', async () => {
  rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) =>
    text.replace("greeting: 'hello'", "greeting: 'hello', random: true"),
  );
  const output = await slipway('fetch', CLUSTER);
  expect(output).toContain('the chart of "parrot" renders differently each time');
  expect(output).toContain('seen: ConfigMap ');
});

test('an archive that was replaced upstream is refused with both hashes', async () => {
  const expected = '0'.repeat(64);
  writePin({ datasource: 'helm', packageName: 'parrot', registryUrl: server.url, version: '1.2.3', sha256: expected });
  const output = await slipway('fetch', CLUSTER);
  expect(output).toContain(`another sha256 than ${expected}`);
  expect(output).toContain(`seen: ${sha256Of(chart)}`);
});
