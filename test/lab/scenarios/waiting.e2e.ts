import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOLDS_BACK_SECONDS } from '../../../charts/lib/argo.ts';
import { textAt } from '../../../charts/lib/manifest.ts';
import { renderCluster } from '../../../charts/render/render.ts';
import { repository } from '../../../clusters/fleet.ts';
import { loadTestFleet } from '../../lib/load-fleet.ts';
import { readManifests } from '../control-plane.ts';
import { pause } from '../api.ts';
import { applicationStatuses, isSettled } from '../lab.ts';
import { KINDS } from '../mirror.ts';
import { Rehearsal } from './rehearsal.ts';

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
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

// With ten minutes of holding back, so that they would not come up in time if they were held back.
test.each(['signpost', 'metrics-server', 'velero'])(
  'while %s is not ready, which nothing waits for, all others come up',
  async (component) => {
    expect([...descendants(component)]).toEqual([]);
    await without(component, () => comeUp(component));
  },
);

test.each(['object-store', 'mongo', 'gateway', 'external-secrets', 'cert-manager'])(
  'while %s is not ready, all that do not come after it come up, and those that do are held back for a while',
  async (component) => {
    shortenHolds();
    await without(component, async () => {
      await comeUp(component);
      const applications = await rehearsal.lab.plane.api.list(KINDS.applications);
      const created = (name: string): number | undefined => {
        const found = applications.find(({ metadata }) => metadata.name === name);
        return found && Date.parse(textAt(found, 'metadata', 'creationTimestamp') ?? '');
      };
      for (const name of descendants(component))
        expect((created(name) ?? Infinity) - (created(component) ?? 0)).toBeGreaterThanOrEqual(
          (HOLD_SECONDS - 2) * 1000,
        );
    });
  },
);

/** Creates all Applications anew while a component is not ready, and waits at the end until it has recovered. */
async function without(component: string, check: () => Promise<void>): Promise<void> {
  const { lab } = rehearsal;
  lab.kubelet.unready.add(component);
  try {
    await forgetApplications();
    await applyRoot();
    await check();
    expect((await rehearsal.status(component))?.health).not.toBe('Healthy');
  } finally {
    lab.kubelet.unready.delete(component);
  }
  await lab.settled(300);
}

/** Waits for all components but this one and those that come after it. */
async function comeUp(component: string): Promise<void> {
  const after = descendants(component);
  const names = [...order.levels.keys()].filter((name) => name !== component && !after.has(name));
  await rehearsal.until(
    `${names.length} others, without ${component} and the ${after.size} after it`,
    async () => {
      const statuses = await applicationStatuses(rehearsal.lab.plane.api);
      return names.every((name) => statuses.some((one) => one.name === name && isSettled(one)));
    },
    400,
  );
}

/** Pushes Applications that hold back others for less time, once. */
function shortenHolds(): void {
  const { checkout } = rehearsal;
  const folder = join(checkout.folder, 'dist', CLUSTER, 'applications');
  for (const file of readdirSync(folder).map((name) => join(folder, name))) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(`${HOLDS_BACK_SECONDS}: '600'`, `${HOLDS_BACK_SECONDS}: '${HOLD_SECONDS}'`));
  }
  if (checkout.git('status', '--porcelain') === '') return;
  checkout.commit('Hold back others for less time');
  checkout.git('push', '--quiet');
}

/** Deletes all Applications and leaves their objects alone. */
async function forgetApplications(): Promise<void> {
  const { api } = rehearsal.lab.plane;
  const path = (name: string): string => `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`;
  // Several times, because a sync of the root that is under way creates some again.
  await rehearsal.until('no Applications', async () => {
    const all = (await api.list(KINDS.applications)).map(({ metadata }) => metadata.name);
    for (const name of ['root', ...all.filter((one) => one !== 'root')]) {
      await api.merge(path(name), { metadata: { finalizers: null } }).catch(() => undefined);
      await api.call('DELETE', path(name)).catch(() => undefined);
    }
    await pause(2000);
    return (await api.list(KINDS.applications)).length === 0;
  });
}

async function applyRoot(): Promise<void> {
  const { checkout, lab } = rehearsal;
  const applications = readManifests(join(checkout.folder, 'dist', CLUSTER, 'applications'));
  for (const manifest of applications.filter(
    ({ kind, metadata }) => kind === 'Application' && metadata.name === 'root',
  ))
    await lab.plane.api.apply(manifest, { manager: 'kubectl' });
}
