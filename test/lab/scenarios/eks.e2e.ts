import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, textAt } from '../../../charts/lib/manifest.ts';
import { pinFile } from '../../../cli/pin-files.ts';
import { pause } from '../api.ts';
import { readManifests } from '../control-plane.ts';
import { KINDS } from '../mirror.ts';
import { testMonitoring } from './monitoring.ts';
import { testStartupOrder } from './order.ts';
import { pin, Rehearsal, say } from './rehearsal.ts';
import { testRuleReviews } from './rule-reviews.ts';
import { differences, snapshot } from './snapshot.ts';

const CLUSTER = 'test-eks';
const SERVICES = ['hello', 'ledger'];
let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

testStartupOrder(() => rehearsal);
testMonitoring(() => rehearsal);
testRuleReviews(() => rehearsal);

test.each([
  ['application controller', 'argocd-application-controller'],
  ['repo server', 'argocd-repo-server'],
  ['API server', 'kube-apiserver'],
])('a sync converges when the %s is killed halfway', async (_, program) => {
  const { processes, plane } = rehearsal.lab;
  const version = `9.9.${process.hrtime()[1]}`;
  for (const service of SERVICES) rehearsal.checkout.edit(pinFile('second', service), pin(service, version));
  await rehearsal.synthAndPush(`Move all services to ${version}`);
  await rehearsal.until('a running operation', async () =>
    (await plane.api.list(KINDS.applications)).some(
      (application) => textAt(application, 'status', 'operationState', 'phase') === 'Running',
    ),
  );
  const before = processes.pid(program);
  await processes.end(program, 'SIGKILL');
  expect(processes.pid(program)).toBeUndefined();
  // Delay until a supervisor would restart it.
  await pause(2000);
  await processes.restart(program);
  expect(processes.pid(program)).not.toBe(before);
  await rehearsal.until(
    `all services of ${version}`,
    async () =>
      (await Promise.all(SERVICES.map((service) => rehearsal.image(service)))).every(
        (image) => image?.endsWith(`:${version}`) === true,
      ),
    180,
  );
  say(`all Synced and Healthy ${(await rehearsal.lab.settled(180)).toFixed(0)} s later`);
});

test('a lost control plane is rebuilt from bootstrap and Git with the same objects', async () => {
  const { api } = rehearsal.lab.plane;
  const dist = readManifests(join(rehearsal.checkout.folder, 'dist', CLUSTER));
  const before = await snapshot(api, dist);
  const uid = (await api.get('/api/v1/namespaces/kube-system'))?.metadata.uid;
  await rehearsal.lab.wipe();
  await expect(api.get('/readyz')).rejects.toThrow();
  await rehearsal.lab.startPlane();
  await rehearsal.lab.bootstrap();
  say(`all Synced and Healthy ${(await rehearsal.lab.settled(420)).toFixed(0)} s after the root was applied again`);
  expect((await api.get('/api/v1/namespaces/kube-system'))?.metadata.uid).not.toBe(uid);
  expect(Object.keys(before).length).toBeGreaterThan(dist.length);
  // Controllers may still be writing.
  await rehearsal.lab.waitFor(async () => differences(before, await snapshot(api, dist)).length === 0, 60);
  expect(differences(before, await snapshot(api, dist))).toEqual([]);
  expect(at(await rehearsal.application('root'), 'status', 'sync', 'status')).toBe('Synced');
});
