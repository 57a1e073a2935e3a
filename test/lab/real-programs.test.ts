import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import type { Api, Live } from './api.ts';
import type { Kit } from './build.ts';
import { Authority, type KeyPair } from './pki.ts';
import type { Launch, Processes } from './processes.ts';
import { RealPrograms } from './real-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs that are started by a function. @param mounted returns a ConfigMap or Secret by name */
function programsOf(
  start: (launch: Launch) => void,
  mounted: (name: string) => unknown = () => undefined,
  awaited: Kit['awaited'] = () => undefined,
) {
  const api: Pick<Api, 'access' | 'call' | 'get'> = {
    access: { server: 'https://127.0.0.1:6443', ca: 'authority', token: 'administrator' },
    call: () => Promise.resolve({ status: 201, body: { status: { token: 'own' } }, warnings: [] }),
    get: <T>(path: string) => Promise.resolve(mounted(path.split('/').at(-1) ?? '') as T),
  };
  const processes: Pick<Processes, 'start' | 'pid'> = {
    start: (_, launch) => Promise.resolve(start(launch)),
    pid: () => process.pid,
  };
  const kit: Pick<Kit, 'program' | 'awaited'> = { program: (name) => name, awaited };
  return new RealPrograms(folder, api as Api, kit as Kit, processes as Processes, {});
}

/** How the program of a pod is started. @param mounted returns a ConfigMap or Secret by name */
async function launchOf(pod: object, mounted?: (name: string) => unknown) {
  const launches: Launch[] = [];
  await programsOf((launch) => launches.push(launch), mounted).reconcile([pod as Live]);
  return launches[0];
}

/** A pod of the rendered webhook of the Prometheus Operator. */
async function webhookPod(): Promise<Live> {
  const objects = (await renderTestFleet()).flatMap((cluster) => cluster.objects.map(({ manifest }) => manifest));
  const found = objects.find((one) => one.kind === 'Deployment' && one.metadata.name === 'prometheus-operator-webhook');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'webhook-1-a',
      namespace: 'prometheus-operator',
      uid: '1',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: at(found, 'spec', 'template', 'spec'),
  };
}

it('Traefik asks the API server through the route of its mounted ConfigMap, as its ServiceAccount', async () => {
  const objects = (await renderTestFleet()).flatMap((cluster) => cluster.objects.map(({ manifest }) => manifest));
  const find = (kind: string, name: string): unknown =>
    objects.find((one) => one.kind === kind && one.metadata.namespace === 'gateway' && one.metadata.name === name);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'gateway-1-a', namespace: 'gateway', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: at(find('Deployment', 'gateway'), 'spec', 'template', 'spec'),
  };
  const launch = await launchOf(pod, (name) => find('ConfigMap', name));
  const flag = (name: string): string =>
    launch?.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
  const file = readFileSync(flag('providers.file.filename'), 'utf8');
  expect(file).toContain("- url: 'https://127.0.0.1:6443'");
  const [, authority = ''] = /rootCAs: \[(.*)\]/.exec(file) ?? [];
  expect(readFileSync(authority, 'utf8')).toBe('authority');
  expect(readFileSync(flag('providers.kubernetesgateway.token'), 'utf8')).toBe('own');
  expect(flag('entrypoints.apiserver.address')).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(flag('entrypoints.apiserver.address')).not.toBe('127.0.0.1:8001');
  expect(flag('providers.kubernetesgateway.endpoint')).toBe(`http://${flag('entrypoints.apiserver.address')}`);
  expect(launch?.env?.['KUBECONFIG']).toBe('');
  expect(listAt(pod.spec, 'containers').map((one) => textAt(one, 'name'))).toEqual(['traefik']);
});

it('the Prometheus Operator signs in as its ServiceAccount, and listens on loopback', async () => {
  const container = {
    image: 'quay.io/prometheus-operator/prometheus-operator:v0.93.0',
    args: ['--prometheus-instance-namespaces=prometheus', '--web.listen-address=:8080'],
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  const launch = await launchOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'operator-1-a', namespace: 'monitoring', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { serviceAccountName: 'operator', containers: [container] },
  });
  expect(launch?.command).toBe('prometheus-operator');
  expect(launch?.args).toContain('--prometheus-instance-namespaces=prometheus');
  expect(launch?.args.at(-1)).toMatch(/^--web\.listen-address=127\.0\.0\.1:[1-9]\d+$/);
  expect(launch?.args.filter((arg) => /=:\d+$/.test(arg))).toEqual([]);
  expect(readFileSync(launch?.env?.['KUBECONFIG'] ?? '', 'utf8')).toContain('own');
});

it('the admission webhook serves the certificate of the Secret that it mounts, on loopback', async () => {
  const secret = { data: { 'tls.crt': btoa('certificate'), 'tls.key': btoa('key') } };
  const launch = await launchOf(await webhookPod(), (name) =>
    name === 'prometheus-operator-webhook' ? secret : undefined,
  );
  const flag = (name: string): string =>
    launch?.args.find((arg) => arg.startsWith(`--web.${name}=`))?.slice(name.length + 7) ?? '';
  expect(launch?.command).toBe('prometheus-admission-webhook');
  expect(readFileSync(flag('cert-file'), 'utf8')).toBe('certificate');
  expect(readFileSync(flag('key-file'), 'utf8')).toBe('key');
  expect(statSync(flag('key-file')).mode & 0o077).toBe(0);
  expect(flag('listen-address')).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
});

it.each([
  ['run', 'with TLS, whoever has signed its certificate', (pair: KeyPair) => createTlsServer(pair, end)],
  ['fail', 'without TLS', () => createServer(end)],
] as const)('a program with an HTTPS probe is in state %s if it answers %s', async (state, _, create) => {
  const server = create(new Authority(join(folder, 'pki')).serving('webhook.invalid'));
  const listening = (launch: Launch) =>
    server.listen(
      Number(
        launch.args
          .find((arg) => arg.includes('listen-address'))
          ?.split(':')
          .at(-1),
      ),
      '127.0.0.1',
    );
  const pod = await webhookPod();
  const programs = programsOf(listening);
  await programs.reconcile([pod]);
  await programs.reconcile([pod]);
  expect(programs.stateOf(pod)).toBe(state);
  server.close();
});

function end(_: unknown, response: ServerResponse): void {
  response.end();
}

it('a pod whose program is still built, or cannot be, says so and starts nothing; the program starts once it is there', async () => {
  const launches: Launch[] = [];
  let awaited: ReturnType<Kit['awaited']> = 'building';
  const programs = programsOf(
    (launch) => launches.push(launch),
    () => undefined,
    (name) => (name === 'prometheus-admission-webhook' ? awaited : undefined),
  );
  const pod = await webhookPod();
  for (awaited of ['building', 'unbuilt'] as const) {
    await programs.reconcile([pod]);
    expect(programs.stateOf(pod)).toBe(awaited);
  }
  expect(launches).toEqual([]);
  awaited = undefined;
  await programs.reconcile([pod]);
  expect(launches.map(({ command }) => command)).toEqual(['prometheus-admission-webhook']);
  expect(programs.stateOf(pod)).toBe('fail');
});
