import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import { Rehearsal, root, say } from './rehearsal.ts';

const CLUSTER = 'test-aks';
const COMPONENT = 'postfacto';
const SET = 'postfacto-postgres';
const CLAIMS = ['data-postfacto-postgres-0', 'dump-postfacto-postgres-0'];
const SETS = `/apis/apps/v1/namespaces/${COMPONENT}/statefulsets/${SET}`;
/** Postfacto is a sample that a fork may have removed. */
const sampled = existsSync(join(root, 'charts', 'components', COMPONENT));
let rehearsal: Rehearsal;

beforeAll(async () => {
  if (!sampled) return;
  rehearsal = await Rehearsal.of(CLUSTER);
  // As dist was before claims were objects of their own: the template alone says the size.
  const folder = `dist/${CLUSTER}/${COMPONENT}`;
  for (const claim of CLAIMS) rmSync(join(rehearsal.checkout.folder, folder, `PersistentVolumeClaim.${claim}.yaml`));
  rehearsal.checkout.edit(`${folder}/StatefulSet.${SET}.yaml`, (text) =>
    text.replaceAll(/storage: 1Gi/g, 'storage: 5Gi'),
  );
  rehearsal.checkout.commit('Say the size in the template');
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

test.runIf(sampled)(
  'a StatefulSet with a size in its template is created again around its pods, which keep their claims',
  async () => {
    const [before, set] = [await volumes(), await live(SETS)];
    expect(before.map(({ size }) => size)).toEqual(['5Gi', '5Gi']);
    await rehearsal.synthAndPush('Render the claims apart');
    await rehearsal.until('a refusal of the changed template', async () => {
      const application = await rehearsal.application(COMPONENT);
      return JSON.stringify(at(application, 'status', 'conditions') ?? []).includes('are forbidden');
    });
    const [pod] = await pods();
    await rehearsal.runRunbook('grow-a-volume', 1, { NAME: SET, COMPONENT });
    await rehearsal.until('another StatefulSet', async () => {
      const now = await live(SETS);
      return now !== undefined && now.metadata.uid !== set?.metadata.uid;
    });
    await settled();
    expect(await pods()).toEqual([pod]);
    expect(await volumes()).toEqual(before);
  },
);

test.runIf(sampled)(
  'a larger size grows the claims, that of the dumps too; StatefulSet and pods stay, and the Application is Synced and Healthy',
  async () => {
    const [before, set, pod] = [await volumes(), await live(SETS), await pods()];
    rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace("size: '5Gi'", "size: '8Gi'"));
    await rehearsal.synthAndPush('Grow the database');
    await rehearsal.until('claims of 8Gi', async () => (await volumes()).every(({ size }) => size === '8Gi'));
    await settled();
    expect(await volumes()).toEqual(before.map((one) => ({ ...one, size: '8Gi' })));
    expect((await live(SETS))?.metadata.generation).toBe(set?.metadata.generation);
    expect(await pods()).toEqual(pod);
    say(`claims after it grew: ${JSON.stringify(await volumes())}`);
  },
);

test.runIf(sampled)('a smaller size is refused before anything is rendered', async () => {
  rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace("size: '8Gi'", "size: '7Gi'"));
  await expect(rehearsal.checkout.synth()).rejects.toThrow(/would shrink, which no volume can/);
  rehearsal.checkout.git('checkout', '--quiet', '.');
});

test.runIf(sampled)('a claim moves to another class and is bound to the same disk', async () => {
  const before = await volumes();
  // Disks are simulated: what the driver would have written when it had grown them.
  for (const { disk, size } of before)
    await rehearsal.lab.plane.api.merge(`/api/v1/persistentvolumes/${disk}`, { spec: { capacity: { storage: size } } });
  const dist = `dist/${CLUSTER}/${COMPONENT}`;
  await rehearsal.lab.plane.api.apply(
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'other' },
      provisioner: 'disk.csi.azure.com',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Retain',
      allowVolumeExpansion: true,
    },
    { manager: 'e2e' },
  );
  const toOther = (text: string): string => text.replaceAll(/storageClassName: \S+/g, 'storageClassName: other');
  for (const file of [...CLAIMS.map((claim) => `PersistentVolumeClaim.${claim}`), `StatefulSet.${SET}`])
    rehearsal.checkout.edit(`${dist}/${file}.yaml`, toOther);
  await rehearsal.argocd('app', 'set', COMPONENT, '--sync-policy', 'none');
  rehearsal.checkout.commit('Move the claims to another class');
  rehearsal.checkout.git('push', '--quiet');
  await rehearsal.runRunbook('grow-a-volume', 2, { COMPONENT, CLASS: 'other' });
  await rehearsal.until(
    'claims of another class, bound',
    async () => {
      const now = await volumes();
      return now.length === 2 && now.every((claim) => claim.class === 'other' && claim.phase === 'Bound');
    },
    180,
  );
  await settled();
  const after = await volumes();
  expect(after.map(({ disk }) => disk)).toEqual(before.map(({ disk }) => disk));
  expect(after.map(({ uid }) => uid)).not.toEqual(before.map(({ uid }) => uid));
});

interface Claim {
  readonly name: string;
  readonly uid: string | undefined;
  readonly size: string | undefined;
  readonly class: string | undefined;
  readonly phase: string | undefined;
  readonly disk: string | undefined;
}

async function volumes(): Promise<Claim[]> {
  const claims = await rehearsal.lab.plane.api.list(`/api/v1/namespaces/${COMPONENT}/persistentvolumeclaims`);
  return claims
    .map((claim) => ({
      name: claim.metadata.name,
      uid: claim.metadata.uid,
      size: textAt(claim, 'spec', 'resources', 'requests', 'storage'),
      class: textAt(claim, 'spec', 'storageClassName'),
      phase: textAt(claim, 'status', 'phase'),
      disk: textAt(claim, 'spec', 'volumeName'),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Name and uid of the StatefulSet's pods. */
async function pods(): Promise<string[]> {
  const all = await rehearsal.lab.plane.api.list(`/api/v1/namespaces/${COMPONENT}/pods`);
  return all.filter(({ metadata }) => metadata.name.startsWith(SET)).map(({ metadata: m }) => `${m.name} ${m.uid}`);
}

function live(path: string): Promise<Live | undefined> {
  return rehearsal.lab.plane.api.get(path);
}

async function settled(): Promise<void> {
  await rehearsal.lab.settled(180);
  expect(await rehearsal.status(COMPONENT)).toMatchObject({ sync: 'Synced', health: 'Healthy' });
}
