import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { isReady } from '../kubelet.ts';
import { isWell, standingsOf } from '../lab.ts';
import { comesUpInOrder } from './order.ts';
import { deployment, pin, Rehearsal, say } from './rehearsal.ts';

const CLUSTER = 'staging-aks';
const PINS = `clusters/${CLUSTER}/pins.json`;
let it: Rehearsal;

beforeAll(async () => {
  it = await Rehearsal.of(CLUSTER);
  await it.up();
});
afterAll(() => it?.end());

comesUpInOrder(() => it);

test('the wildcard certificate was ordered by ACME', async () => {
  const orders = await it.lab.plane.api.list('/apis/acme.cert-manager.io/v1/namespaces/gateway/orders');
  expect(orders.map((order) => [listAt(order, 'spec', 'dnsNames'), textAt(order, 'status', 'state')])).toEqual([
    [['*.staging.example.com'], 'valid'],
  ]);
});

test("cert-manager's webhook refuses a Certificate for no name", async () => {
  const manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'nameless', namespace: 'default' },
    spec: { secretName: 'nameless', issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt-dns' } },
  };
  const { status, body } = await it.lab.plane.api.tryApply(manifest, { manager: 'e2e', dryRun: true });
  expect([status, textAt(body, 'message')]).toEqual([403, expect.stringContaining('at least one of commonName')]);
});

test('an object that is deleted by hand comes back', async () => {
  const { api } = it.lab.plane;
  const before = await api.get(deployment('whoami'));
  await api.call('DELETE', deployment('whoami'));
  await it.until('another Deployment whoami', async () => {
    const now = await api.get(deployment('whoami'));
    return now !== undefined && now.metadata.uid !== before?.metadata.uid;
  });
});

test('a field that is changed by hand is set back', async () => {
  const { api } = it.lab.plane;
  await api.merge(deployment('external-dns'), { spec: { replicas: 3 } });
  await it.until(
    'one replica of external-dns',
    async () => at(await api.get(deployment('external-dns')), 'spec', 'replicas') === 1,
  );
});

test("an autoscaler's replica count is left alone", async () => {
  const { api } = it.lab.plane;
  const replicas = async (): Promise<number> =>
    Number(at(await api.get(deployment('restaurants')), 'spec', 'replicas'));
  const before = await replicas();
  const load = async (cpu: string | null): Promise<void> => {
    for (const pod of await api.list('/api/v1/namespaces/restaurants/pods'))
      await api.merge(`/api/v1/namespaces/restaurants/pods/${pod.metadata.name}`, {
        metadata: { annotations: { 'lab.slipway/cpu': cpu } },
      });
  };
  await load('2');
  await it.until('more replicas of restaurants', async () => (await replicas()) > before, 120);
  await load(null);
  const grown = await replicas();
  const synced = (await it.metric('argocd_app_sync_total')).get('restaurants');
  await it.argocd('app', 'get', 'restaurants', '--hard-refresh');
  expect(await it.standing('restaurants')).toMatchObject({ sync: 'Synced' });
  expect(await replicas()).toBeGreaterThanOrEqual(grown);
  expect((await it.metric('argocd_app_sync_total')).get('restaurants')).toBe(synced);
  await it.lab.settled(120);
});

test('a pushed pin reaches the running pods, and only the Applications whose files changed are synced', async () => {
  await it.lab.settled(120);
  const before = await it.metric('argocd_app_sync_total');
  it.checkout.edit(PINS, pin('whoami', '9.9.9'));
  const pushed = Date.now();
  await it.ship('Move whoami');
  await it.until('pods of whoami 9.9.9', async () => {
    const pods = await it.lab.plane.api.list('/api/v1/namespaces/whoami/pods');
    return pods.some((pod) => textAt(pod, 'spec', 'containers', 0, 'image')?.endsWith(':9.9.9') && isReady(pod));
  });
  say(`rendered, pushed and in running pods after ${((Date.now() - pushed) / 1000).toFixed(1)} s`);
  await it.lab.settled(60);
  say(`Synced and Healthy after ${((Date.now() - pushed) / 1000).toFixed(1)} s`);
  const after = await it.metric('argocd_app_sync_total');
  expect([...after].filter(([name, count]) => count !== before.get(name)).map(([name]) => name)).toEqual(['whoami']);
});

test('a commit that is no YAML leaves what runs untouched, shows, and heals with the next good one', async () => {
  await broken(
    `dist/${CLUSTER}/whoami/Deployment.whoami.yaml`,
    (text) => `${text}\n  : not: yaml\n`,
    'Deployment.whoami.yaml',
  );
});

test('an object that the API rejects leaves what runs untouched, shows, and heals with the next good commit', async () => {
  await broken(
    `dist/${CLUSTER}/whoami/Deployment.whoami.yaml`,
    (text) => text.replace('maxUnavailable: 0', 'maxUnavailable: none-at-all'),
    'none-at-all',
  );
});

test('a rollback is refused while auto-sync is on', async () => {
  await expect(it.argocd('app', 'rollback', 'whoami')).rejects.toThrow(/auto-sync is enabled/);
});

test('the emergency path of the runbook works as written, and automation is whole again afterwards', async () => {
  const automated = at(await it.application('whoami'), 'spec', 'syncPolicy', 'automated');
  expect(automated).toEqual({ prune: true, selfHeal: true });
  const good = await it.image('whoami');
  it.checkout.edit(PINS, pin('whoami', '9.9.10'));
  const bad = await it.ship('Move whoami to a bad version');
  await it.until('whoami 9.9.10', async () => (await it.image('whoami'))?.endsWith(':9.9.10') === true);
  await it.lab.settled(60);

  const entries = JSON.parse(await it.argocd('app', 'get', 'whoami', '--output', 'json')) as {
    readonly status: { readonly history: readonly { readonly id: number; readonly revision: string }[] };
  };
  const before = entries.status.history.findLast(({ revision }) => revision !== bad);
  await it.follow('rollback', 1, { APP: 'whoami', ID: String(before?.id) });
  await it.until('the image of before', async () => (await it.image('whoami')) === good);
  // The root is compared afresh, and neither shows the pause nor ends it.
  await it.argocd('app', 'get', 'root', '--hard-refresh');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect(await it.standing('root')).toMatchObject({ sync: 'Synced' });
  expect(at(await it.application('whoami'), 'spec', 'syncPolicy', 'automated')).toBeUndefined();
  expect(await it.image('whoami')).toBe(good);

  await it.follow('rollback', 2, { APP: 'whoami', '<commit>': bad });
  await it.lab.settled(60);
  expect(at(await it.application('whoami'), 'spec', 'syncPolicy', 'automated')).toEqual(automated);
  expect(await it.image('whoami')).toBe(good);
});

test('after it, drift heals and what is gone from Git is pruned', async () => {
  const { api } = it.lab.plane;
  await api.merge(deployment('whoami'), { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } });
  await it.until(
    'the grace period of dist',
    async () =>
      at(await api.get(deployment('whoami')), 'spec', 'template', 'spec', 'terminationGracePeriodSeconds') !== 7,
  );
  const budget = '/apis/policy/v1/namespaces/whoami/poddisruptionbudgets/whoami';
  expect(await api.get(budget)).toBeDefined();
  it.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace('whoami: {}', 'whoami: { replicas: 1 }'));
  await it.ship('One whoami is enough');
  await it.until('no disruption budget of whoami', async () => (await api.get(budget)) === undefined);
  await it.lab.settled(60);
});

test('a component that is removed leaves its volumes; turned on again it adopts them', async () => {
  const { api } = it.lab.plane;
  const claims = async (): Promise<string[]> =>
    (await api.list('/api/v1/namespaces/postfacto/persistentvolumeclaims')).map(
      ({ metadata, status }) => `${metadata.name} ${metadata.uid} ${textAt(status, 'phase')}`,
    );
  const password = async (): Promise<unknown> =>
    at(await api.get('/api/v1/namespaces/postfacto/secrets/postfacto-postgres'), 'data');
  const [volumes, secret] = [await claims(), await password()];
  expect(volumes).toHaveLength(2);
  expect(secret).toBeDefined();
  const section = /\n {2}postfacto: \{.*\},\n/;
  it.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace(section, '\n'));
  const removed = await it.ship('Remove postfacto');
  await it.until('no Application postfacto', async () => (await it.application('postfacto')) === undefined, 120);
  await it.lab.settled(120);
  expect(await api.get('/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/postfacto')).toBeUndefined();
  for (const kind of STATELESS)
    expect([kind, (await api.list(kind.replace('*', 'postfacto'))).map(({ metadata }) => metadata.name)]).toEqual([
      kind,
      [],
    ]);
  expect(await claims()).toEqual(volumes);

  await it.follow('remove-a-component', 2, { '<commit>': removed });
  await it.until('an Application postfacto', async () => (await it.application('postfacto')) !== undefined);
  await it.lab.settled(120);
  expect(await claims()).toEqual(volumes);
  expect(await password()).toEqual(secret);
});

test('a namespace goes only after a person agrees', async () => {
  const { api } = it.lab.plane;
  it.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace('  whoami: { replicas: 1 },\n', ''));
  const removed = await it.ship('Remove whoami');
  await it.until(
    'an Application that is being deleted',
    async () => (await it.application('whoami'))?.metadata.deletionTimestamp !== undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect(await api.get(deployment('whoami'))).toBeDefined();
  await it.follow('remove-a-component', 1, { COMPONENT: 'whoami' });
  await it.until('no namespace whoami', async () => (await api.get('/api/v1/namespaces/whoami')) === undefined);
  await it.lab.settled(120);
  await it.follow('remove-a-component', 2, { '<commit>': removed });
  await it.until('an Application whoami', async () => (await it.application('whoami')) !== undefined);
  await it.lab.settled(120);
});

const STATELESS = [
  '/apis/apps/v1/namespaces/*/deployments',
  '/apis/apps/v1/namespaces/*/statefulsets',
  '/api/v1/namespaces/*/services',
  '/api/v1/namespaces/*/pods',
  '/apis/networking.k8s.io/v1/namespaces/*/networkpolicies',
  '/apis/gateway.networking.k8s.io/v1/namespaces/*/httproutes',
];

/** Pushes an edit that must not reach the cluster, then its reverse. */
async function broken(file: string, change: (text: string) => string, shows: string): Promise<void> {
  const { api } = it.lab.plane;
  const generation = (await api.get(deployment('whoami')))?.metadata.generation;
  const image = await it.image('whoami');
  it.checkout.edit(file, change);
  const commit = it.checkout.commit('Break whoami');
  it.checkout.git('push', '--quiet');
  try {
    await it.until(
      `an Application whoami that says ${shows}`,
      async () => (await it.standing('whoami'))?.message.includes(shows) === true,
    );
    expect((await api.get(deployment('whoami')))?.metadata.generation).toBe(generation);
    // The root is as healthy as all that it has.
    expect((await standingsOf(api)).filter((standing) => !isWell(standing)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['whoami']),
    );
  } finally {
    it.checkout.git('revert', '--no-edit', commit);
    it.checkout.git('push', '--quiet');
  }
  await it.lab.settled(90);
  expect(await it.image('whoami')).toBe(image);
}
