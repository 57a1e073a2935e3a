import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { repository } from '../../../clusters/fleet.ts';
import { loadFleet } from '../../lib/load-fleet.ts';
import { kit } from '../build.ts';
import { git } from '../git.ts';
import { isWell, Lab, standingsOf } from '../lab.ts';
import { KINDS } from '../mirror.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const say = (line: string): void => console.log(line);
const scratch = mkdtempSync(join(tmpdir(), 'slipway-e2e-'));
const checkout = join(scratch, 'checkout');
let lab: Lab;

beforeAll(async () => {
  execFileSync('git', ['clone', '--quiet', root, checkout]);
  const cluster = (await loadFleet()).find(({ name }) => name === 'staging-aks');
  if (!cluster) throw new Error('there is no cluster staging-aks any more: choose another one here');
  lab = await Lab.create({ folder: join(scratch, 'lab'), kit: await kit({ say }), cluster: { name: cluster.name, cloud: cluster.cloud }, repository, checkout, say });
  await lab.start();
  say(`all Synced and Healthy after ${(await lab.settled(300)).toFixed(0)} s`);
});

afterAll(async () => {
  await lab?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('the root brings every Application to Synced and Healthy, with no retry and no failed operation', async () => {
  const applications = await lab.plane.api.list(KINDS.applications);
  expect(applications.map(({ metadata }) => metadata.name)).toContain('root');
  for (const application of applications) {
    const operation = (application as { status?: { operationState?: { retryCount?: number; phase?: string } } }).status?.operationState;
    expect([application.metadata.name, operation?.retryCount ?? 0, operation?.phase ?? 'Succeeded']).toEqual([application.metadata.name, 0, 'Succeeded']);
  }
});

test('an object that is deleted by hand comes back', async () => {
  const path = `${KINDS.deployments.replace('/deployments', '')}/namespaces/whoami/deployments/whoami`;
  const before = await lab.plane.api.get(path);
  await lab.plane.api.call('DELETE', path);
  const back = await lab.waitFor(async () => {
    const now = await lab.plane.api.get(path);
    return now !== undefined && now.metadata.uid !== before?.metadata.uid;
  }, 60);
  expect(back).toBe(true);
});

test('a field that is changed by hand is set back', async () => {
  const path = '/apis/apps/v1/namespaces/external-dns/deployments/external-dns';
  const replicas = async (): Promise<unknown> => at(await lab.plane.api.get(path), 'spec', 'replicas');
  await lab.plane.api.merge(path, { spec: { replicas: 3 } });
  expect(await lab.waitFor(async () => (await replicas()) === 1, 60)).toBe(true);
});

test('a pushed pin reaches the running pods, and only the Application whose files changed is synced', async () => {
  await lab.settled(120);
  const before = await syncsByApplication();
  const pins = join(checkout, 'clusters', 'staging-aks', 'pins.json');
  const manifest = join(checkout, 'dist', 'staging-aks', 'whoami', 'Deployment.whoami.yaml');
  const tag = readFileSync(manifest, 'utf8').match(/slipway\/whoami:(\S+)/)?.[1] ?? '';
  // What `npm run synth` writes for this edit, without the time that it takes.
  for (const file of [pins, manifest]) writeFileSync(file, readFileSync(file, 'utf8').replace(file === pins ? /("whoami":[^}]*"version": ")[^"]+/ : `slipway/whoami:${tag}`, file === pins ? '$19.9.9' : 'slipway/whoami:9.9.9'));
  git(checkout, 'commit', '--quiet', '--all', '--message', 'Move whoami');
  const pushed = Date.now();
  lab.push(checkout);
  const runs = await lab.waitFor(async () => {
    const pods = await lab.plane.api.list('/api/v1/namespaces/whoami/pods');
    return pods.some((pod) => textAt(pod, 'spec', 'containers', 0, 'image')?.endsWith(':9.9.9') && listAt(pod, 'status', 'conditions').some((c) => textAt(c, 'type') === 'Ready' && textAt(c, 'status') === 'True'));
  }, 60);
  expect(runs).toBe(true);
  say(`a push was in running pods after ${((Date.now() - pushed) / 1000).toFixed(1)} s`);
  await lab.settled(60);
  const after = await syncsByApplication();
  expect([...after].filter(([name, count]) => count !== before.get(name)).map(([name]) => name)).toEqual(['whoami']);
});

test('a broken commit leaves what runs untouched, shows on its Application, and heals with the next good one', async () => {
  const file = join(checkout, 'dist', 'staging-aks', 'whoami', 'Deployment.whoami.yaml');
  const good = readFileSync(file, 'utf8');
  const path = '/apis/apps/v1/namespaces/whoami/deployments/whoami';
  const generation = (await lab.plane.api.get(path))?.metadata.generation;
  writeFileSync(file, `${good}\n  : not: yaml\n`);
  git(checkout, 'commit', '--quiet', '--all', '--message', 'Break whoami');
  lab.push(checkout);
  const shown = await lab.waitFor(async () => (await standingsOf(lab.plane.api)).some(({ name, sync, message }) => name === 'whoami' && sync === 'Unknown' && message.includes('Deployment.whoami.yaml')), 60);
  expect(shown).toBe(true);
  expect((await lab.plane.api.get(path))?.metadata.generation).toBe(generation);
  writeFileSync(file, good);
  git(checkout, 'commit', '--quiet', '--all', '--message', 'Mend whoami');
  lab.push(checkout);
  expect(await lab.waitFor(async () => (await standingsOf(lab.plane.api)).every(isWell), 90)).toBe(true);
});

test('a rollback is refused while auto-sync is on', () => {
  const attempt = (): string => execFileSync(lab.props.kit.program('argocd'), ['app', 'rollback', 'whoami'], { env: { ...process.env, ARGOCD_CONFIG_DIR: lab.argo.config }, stdio: 'pipe' }).toString();
  expect(attempt).toThrow(/auto-sync is enabled/);
});

/** Argo CD's own count of syncs (argocd_app_sync_total) by Application. */
async function syncsByApplication(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [, name = '', count] of (await (await fetch(lab.argo.metrics)).text()).matchAll(/^argocd_app_sync_total\{.*?\bname="([^"]+)".*?\} (\d+)/gm)) counts.set(name, (counts.get(name) ?? 0) + Number(count));
  return counts;
}
