import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dump } from 'js-yaml';
import { HOLDS_BACK_SECONDS } from '../../../charts/lib/argo.ts';
import { MANAGED_BY } from '../../../charts/lib/labels.ts';
import { textAt } from '../../../charts/lib/manifest.ts';
import { renderCluster } from '../../../charts/render/render.ts';
import { repository } from '../../../clusters/fleet.ts';
import { loadTestFleet } from '../../lib/load-fleet.ts';
import { readManifests } from '../control-plane.ts';
import { applicationStatuses, isSettled } from '../lab.ts';
import { KINDS } from '../mirror.ts';
import { Rehearsal, say } from './rehearsal.ts';

/** Who comes up while a component does not: each one in turn, on a cluster that is created anew from its root. */
const CLUSTER = 'test-kind';
/** Seconds that an unhealthy component holds back others here, instead of ten minutes. */
const HOLD_SECONDS = 25;
/** Seconds after which Argo CD looks at an Application again, instead of two minutes. */
const RESYNC_SECONDS = 5;
let rehearsal: Rehearsal;

const cluster = (await loadTestFleet()).find(({ name }) => name === CLUSTER);
if (!cluster) throw new Error(`test/fleets has no cluster ${CLUSTER}`);
const { order } = renderCluster(cluster, repository);

/** The components that come after this one, directly or by others. */
function descendants(component: string): Set<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [name, after] of order.after) if ([component, ...found].some((one) => after.has(one))) found.add(name);
  }
  return found;
}

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER, { resyncSeconds: RESYNC_SECONDS });
  const { checkout } = rehearsal;
  const folder = `dist/${CLUSTER}/applications`;
  for (const file of readdirSync(join(checkout.folder, folder)).filter((name) => name.startsWith('Application.')))
    shorten(join(checkout.folder, folder, file));
  checkout.commit('Hold back others for less time');
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

function shorten(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(`${HOLDS_BACK_SECONDS}: '600'`, `${HOLDS_BACK_SECONDS}: '${HOLD_SECONDS}'`));
}

describe('the health of an Application, as the root sees it', () => {
  const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');
  const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
  const waitedFor = { [HOLDS_BACK_SECONDS]: '600' };
  test.each([
    ['one that nothing waits for, unhealthy', {}, { health: { status: 'Degraded' } }, 'Healthy'],
    ['one that is new', waitedFor, {}, 'Progressing'],
    ['one that is synced and healthy', waitedFor, synced, 'Healthy'],
    [
      'one whose sync fails, since 599 s',
      waitedFor,
      { ...synced, operationState: { phase: 'Running', startedAt: ago(595) } },
      'Progressing',
    ],
    [
      'one whose sync fails, since 605 s',
      waitedFor,
      { ...synced, operationState: { phase: 'Running', startedAt: ago(605) } },
      'Healthy',
    ],
    [
      'one that is degraded, since a minute',
      waitedFor,
      { ...synced, health: { status: 'Degraded', lastTransitionTime: ago(60) } },
      'Progressing',
    ],
    [
      'one that is degraded, since an hour',
      waitedFor,
      { ...synced, health: { status: 'Degraded', lastTransitionTime: ago(3600) } },
      'Healthy',
    ],
    ['one that is not synced yet', waitedFor, { ...synced, sync: { status: 'OutOfSync' } }, 'Progressing'],
    [
      'one that cannot be compared, since an hour',
      waitedFor,
      { ...synced, sync: { status: 'Unknown' }, conditions: [{ lastTransitionTime: ago(3600) }] },
      'Healthy',
    ],
  ])('%s', async (_, annotations, status, health) => {
    const labels = { [MANAGED_BY]: 'slipway' };
    expect(await healthOf({ metadata: { name: 'it', labels, annotations, creationTimestamp: ago(1) }, status })).toBe(
      health,
    );
  });

  test('one of others is as healthy as its objects', async () => {
    const status = { health: { status: 'Degraded' } };
    expect(await healthOf({ metadata: { name: 'it' }, status })).toBe('Degraded');
  });
});

/** The namespaces of the components that have pods, and so can be unhealthy. */
const withPods = [
  'hello',
  'object-store',
  'metrics-server',
  'velero',
  'mongo',
  'gateway',
  'external-secrets',
  'cert-manager',
];

test.each(withPods)('while %s is not ready, all that do not come after it come up', async (component) => {
  const { lab } = rehearsal;
  lab.kubelet.unready.add(component);
  await forgetApplications();
  const start = Date.now();
  await applyRoot();
  const after = descendants(component);
  const names = [...order.levels.keys()].filter((name) => name !== component && !after.has(name));
  await rehearsal.until(
    `all but ${component} and ${after.size} after it`,
    async () => {
      const statuses = await applicationStatuses(lab.plane.api);
      return names.every((name) => statuses.some((one) => one.name === name && isSettled(one)));
    },
    240,
  );
  const seconds = (Date.now() - start) / 1000;
  const applications = await lab.plane.api.list(KINDS.applications);
  const created = (name: string): number =>
    Date.parse(
      textAt(
        applications.find(({ metadata }) => metadata.name === name),
        'metadata',
        'creationTimestamp',
      ) ?? '',
    );
  say(`${component}: ${names.length} others after ${seconds.toFixed(0)} s, ${after.size} come after it`);
  expect((await rehearsal.status(component))?.health).not.toBe('Healthy');
  // What nothing waits for holds back nobody; what others wait for, them for a while.
  if (after.size === 0) expect(seconds).toBeLessThan(60);
  for (const name of after)
    if (Number.isFinite(created(name)))
      expect(created(name) - created(component)).toBeGreaterThanOrEqual((HOLD_SECONDS - 2) * 1000);
  lab.kubelet.unready.delete(component);
  await lab.settled(240);
});

/** Deletes all Applications and leaves their objects alone. */
async function forgetApplications(): Promise<void> {
  const { api } = rehearsal.lab.plane;
  const path = (name: string): string => `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`;
  const all = (await api.list(KINDS.applications)).map(({ metadata }) => metadata.name);
  // The root first, which would recreate them.
  for (const name of ['root', ...all.filter((one) => one !== 'root')]) {
    await api.merge(path(name), { metadata: { finalizers: null } });
    await api.call('DELETE', path(name));
  }
  await rehearsal.until('no Applications', async () => (await api.list(KINDS.applications)).length === 0);
}

async function applyRoot(): Promise<void> {
  const { checkout, lab } = rehearsal;
  const applications = readManifests(join(checkout.folder, 'dist', CLUSTER, 'applications'));
  for (const manifest of applications.filter(
    ({ kind, metadata }) => kind === 'Application' && metadata.name === 'root',
  ))
    await lab.plane.api.apply(manifest, { manager: 'kubectl' });
}

/** What the health check in dist says of an Application, run by Argo CD. */
async function healthOf(application: object): Promise<string | undefined> {
  const { checkout, lab } = rehearsal;
  const file = checkout.siblingPath('application.yaml');
  const spec = { syncPolicy: { automated: {} } };
  writeFileSync(file, dump({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', spec, ...application }));
  const settings = join(checkout.folder, 'dist', CLUSTER, 'argo-cd', 'ConfigMap.argocd-cm.yaml');
  const { stdout } = await promisify(execFile)(
    join(lab.argo.path, 'argocd'),
    ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', settings],
    // Far from UTC: the times in a status are UTC wherever Argo CD runs.
    { env: { ...process.env, TZ: 'Asia/Tokyo' } },
  );
  return /STATUS: (\w+)/.exec(stdout)?.[1];
}
