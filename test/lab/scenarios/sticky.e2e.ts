import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { waitFor } from '../api.ts';
import { kit } from '../build.ts';
import { ControlPlane, LAB_MANAGER, readManifests, responds } from '../control-plane.ts';
import { Authority } from '../pki.ts';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import { Processes } from '../processes.ts';
import { Shop } from '../sticky/shop.ts';
import { Visitor } from '../sticky/visitor.ts';
import { VersionServers } from '../sticky/version-servers.ts';
import { say } from './rehearsal.ts';

/**
 * A sticky route on the real Traefik, which reads it from a real API server. The versions are HTTP servers of this process:
 * Traefik reaches the addresses of their pods through a proxy.
 */
const BOTH = { stable: 50, next: 50 };
const VISITORS = 100;
const servers = new VersionServers({ stable: '10.244.0.1', next: '10.244.0.2' });
let plane: ControlPlane;
let processes: Processes;
let port = 0;
let visitors: readonly Visitor[] = [];

beforeAll(async () => {
  const programs = await kit({ say, programs: ['etcd', 'kube-apiserver', 'traefik'] });
  const folder = mkdtempSync(join(tmpdir(), 'slipway-sticky-'));
  mkdirSync(join(folder, 'logs'), { mode: 0o700 });
  processes = new Processes(folder);
  const authority = new Authority(join(folder, 'pki'));
  // Nothing listens there: the API server calls no pod.
  const network = 'https://127.0.0.1:9';
  plane = await ControlPlane.create({ folder, kit: programs, authority, processes, network });
  await plane.serve();
  await waitFor(async () => (await plane.api.get('/api/v1/namespaces/default')) !== undefined, 30);
  const upstream = programs.upstreams.find(({ url }) => url.endsWith('/gateway-api.git'))!;
  await plane.define(readManifests(upstream.folder), LAB_MANAGER);
  const [web = 0, admin = 0] = await freePorts(2);
  port = web;
  await apply(Shop.surroundings(port));
  await apply(Object.keys(BOTH).map((version) => pods(version, true)));
  await shares(BOTH);
  await processes.start('traefik', {
    command: programs.program('traefik'),
    args: [
      '--providers.kubernetesgateway=true',
      `--entrypoints.web.address=127.0.0.1:${web}`,
      `--entrypoints.traefik.address=127.0.0.1:${admin}`,
      '--ping=true',
    ],
    env: { KUBECONFIG: plane.kubeconfig, HTTP_PROXY: await servers.listen() },
  });
  await processes.ready('traefik', () => responds(`http://127.0.0.1:${admin}/ping`));
  await processes.ready('traefik', async () => (await new Visitor(port).request()).version !== undefined);
});
afterAll(async () => {
  servers.close();
  plane?.api.close();
  await processes?.stop();
});

test('visitors stay with the version of their first request, and their WebSockets too', async () => {
  visitors = await Promise.all(Array.from({ length: VISITORS }, () => Visitor.arriving(port)));
  expect(Object.fromEntries(Object.keys(BOTH).map((version) => [version, having(version).length]))).toEqual(BOTH);
  for (let round = 0; round < 5; round += 1) {
    const seen = await Promise.all(visitors.map(async (one) => [await one.request(), await one.webSocket()]));
    for (const [i, answers] of seen.entries())
      for (const answer of answers) expect(answer).toEqual({ version: visitors[i]?.version, cookies: [] });
  }
});

test('the header asks for a version, whatever the cookie says', async () => {
  for (const version of Object.keys(BOTH)) {
    const headers = { 'X-Shop-Version': version };
    for (const one of [new Visitor(port), ...visitors]) {
      expect(await one.request(headers)).toEqual({ version, cookies: [] });
      expect(await one.webSocket(headers)).toEqual({ version, cookies: [] });
    }
  }
  expect((await visitors[0]?.request({ 'X-Shop-Version': 'none' }))?.version).toBe(visitors[0]?.version);
});

test('the host of one version leads there alone', async () => {
  for (const one of visitors.slice(0, 10))
    expect(await one.request({ Host: Shop.nextHost })).toEqual({ version: 'next', cookies: [] });
});

test('a version without ready pods keeps its visitors until it has no share, and can then be asked for', async () => {
  await apply([pods('next', false)]);
  const [lost] = having('next');
  await eventually(() => lost?.request()).toEqual({ version: undefined, cookies: [] });
  await shares({ stable: 50, next: 0 });
  await eventually(() => lost?.request()).toEqual({ version: 'stable', cookies: [] });
  for (const one of visitors) {
    expect(await one.request()).toEqual({ version: 'stable', cookies: [] });
    expect(await one.webSocket()).toEqual({ version: 'stable', cookies: [] });
  }
  await apply([pods('next', true)]);
  await eventually(() => lost?.request({ 'X-Shop-Version': 'next' })).toEqual({ version: 'next', cookies: [] });
  expect(await lost?.request({ Host: Shop.nextHost })).toEqual({ version: 'next', cookies: [] });
});

test('visitors of a version that is gone are served by the other one', async () => {
  await shares(BOTH);
  await eventually(() => having('next')[0]?.request()).toEqual({ version: 'next', cookies: [] });
  await shares({ stable: 50 });
  for (const path of Shop.nextPaths) expect((await plane.api.call('DELETE', path)).status).toBe(200);
  await eventually(() => having('next')[0]?.request()).toEqual({ version: 'stable', cookies: [] });
  for (const one of visitors) {
    expect(await one.request()).toEqual({ version: 'stable', cookies: [] });
    expect(await one.webSocket({ 'X-Shop-Version': 'next' })).toEqual({ version: 'stable', cookies: [] });
  }
});

/** Traefik takes changes together that come within two seconds. */
const eventually = (answer: () => unknown) => expect.poll(answer, { timeout: 30_000 });

const having = (version: string): Visitor[] => visitors.filter((one) => one.version === version);

/** Applies the routes to versions with these weights. */
const shares = (weights: Readonly<Record<string, number>>): Promise<void> => apply(new Shop(weights).manifests());

const pods = (version: string, ready: boolean): Manifest => Shop.pods(version, servers.addresses[version] ?? '', ready);

async function apply(manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) await plane.api.apply(manifest, { manager: LAB_MANAGER });
}
