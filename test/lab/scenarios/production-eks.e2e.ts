import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, textAt } from '../../../charts/lib/manifest.ts';
import { pause } from '../api.ts';
import { readManifests } from '../control-plane.ts';
import { KINDS } from '../mirror.ts';
import { comesUpInOrder } from './order.ts';
import { pin, Rehearsal, say } from './rehearsal.ts';
import { differences, snapshot } from './snapshot.ts';

const CLUSTER = 'production-eks';
const SERVICES = ['whoami', 'restaurants', 'items'];
let it: Rehearsal;

beforeAll(async () => {
  it = await Rehearsal.of(CLUSTER);
  await it.up();
});
afterAll(() => it?.end());

comesUpInOrder(() => it);

test.each([
  ['application controller', 'argocd-application-controller'],
  ['repo server', 'argocd-repo-server'],
  ['API server', 'kube-apiserver'],
])('it converges when the %s is killed in the middle of a sync', async (_, program) => {
  const { processes, plane } = it.lab;
  const version = `9.9.${process.hrtime()[1]}`;
  for (const service of SERVICES) it.checkout.edit(`clusters/${CLUSTER}/pins.json`, pin(service, version));
  await it.ship(`Move all services to ${version}`);
  await it.until('a running operation', async () =>
    (await plane.api.list(KINDS.applications)).some(
      (application) => textAt(application, 'status', 'operationState', 'phase') === 'Running',
    ),
  );
  const before = processes.pid(program);
  await processes.end(program, 'SIGKILL');
  expect(processes.pid(program)).toBeUndefined();
  // As long as a supervisor takes to notice.
  await pause(2000);
  await processes.restart(program);
  expect(processes.pid(program)).not.toBe(before);
  await it.until(
    `all services of ${version}`,
    async () =>
      (await Promise.all(SERVICES.map((service) => it.image(service)))).every(
        (image) => image?.endsWith(`:${version}`) === true,
      ),
    180,
  );
  say(`all well ${(await it.lab.settled(180)).toFixed(0)} s later`);
});

test('a control plane that is lost comes back from bootstrap and Git, object by object', async () => {
  const { api } = it.lab.plane;
  const dist = readManifests(join(it.checkout.folder, 'dist', CLUSTER));
  const before = await snapshot(api, dist);
  const uid = (await api.get('/api/v1/namespaces/kube-system'))?.metadata.uid;
  await it.lab.wipe();
  await expect(api.get('/readyz')).rejects.toThrow();
  await it.lab.startPlane();
  await it.lab.bootstrap();
  say(`all Synced and Healthy ${(await it.lab.settled(420)).toFixed(0)} s after the root was applied again`);
  expect((await api.get('/api/v1/namespaces/kube-system'))?.metadata.uid).not.toBe(uid);
  expect(Object.keys(before).length).toBeGreaterThan(dist.length);
  // Autoscalers bring their Deployments from one pod back to their least number.
  await it.lab.waitFor(async () => differences(before, await snapshot(api, dist)).length === 0, 60);
  expect(differences(before, await snapshot(api, dist))).toEqual([]);
  expect(at(await it.application('root'), 'status', 'sync', 'status')).toBe('Synced');
});
