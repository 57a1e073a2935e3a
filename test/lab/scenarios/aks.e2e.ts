import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { pinFile } from '../../../cli/pin-files.ts';
import { isReady } from '../conditions.ts';
import { isSettled, applicationStatuses } from '../lab.ts';
import { testChangeFlow } from './flow.ts';
import { testStartupOrder } from './order.ts';
import { entry } from '../../lib/cluster-files.ts';
import { deployment, pin, Rehearsal, root, say } from './rehearsal.ts';

const CLUSTER = 'test-aks';
/** Of its ring, in which another cluster has the service too. */
const HELLO = pinFile('second', 'hello');
let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

testStartupOrder(() => rehearsal);

test('the ACME Orders of the wildcard certificate and of hosts of other domains are valid', async () => {
  const orders = await rehearsal.lab.plane.api.list('/apis/acme.cert-manager.io/v1/namespaces/gateway/orders');
  const states = orders.map((order) => [listAt(order, 'spec', 'dnsNames'), textAt(order, 'status', 'state')]);
  expect(states.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
    [['*.aks.example.net'], 'valid'],
    [['checkout.example.org'], 'valid'],
    [['ledger.example.org'], 'valid'],
  ]);
});

test("cert-manager's webhook refuses a Certificate without names with 403", async () => {
  const manifest = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'nameless', namespace: 'default' },
    spec: { secretName: 'nameless', issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt-dns' } },
  };
  const { status, body } = await rehearsal.lab.plane.api.tryApply(manifest, { manager: 'e2e', dryRun: true });
  expect([status, textAt(body, 'message')]).toEqual([403, expect.stringContaining('at least one of commonName')]);
});

test('self-heal recreates a deleted Deployment', async () => {
  const { api } = rehearsal.lab.plane;
  const before = await api.get(deployment('hello'));
  await api.call('DELETE', deployment('hello'));
  await rehearsal.until('another Deployment hello', async () => {
    const now = await api.get(deployment('hello'));
    return now !== undefined && now.metadata.uid !== before?.metadata.uid;
  });
});

test('self-heal reverts a manual change of replicas', async () => {
  const { api } = rehearsal.lab.plane;
  await api.merge(deployment('external-dns'), { spec: { replicas: 3 } });
  await rehearsal.until(
    'one replica of external-dns',
    async () => at(await api.get(deployment('external-dns')), 'spec', 'replicas') === 1,
  );
});

test("self-heal leaves a HorizontalPodAutoscaler's replicas alone", async () => {
  const { api } = rehearsal.lab.plane;
  const replicas = async (): Promise<number> => Number(at(await api.get(deployment('ledger')), 'spec', 'replicas'));
  const before = await replicas();
  const load = async (cpu: string | null): Promise<void> => {
    for (const pod of await api.list('/api/v1/namespaces/ledger/pods'))
      await api.merge(`/api/v1/namespaces/ledger/pods/${pod.metadata.name}`, {
        metadata: { annotations: { 'lab.slipway/cpu': cpu } },
      });
  };
  await load('2');
  await rehearsal.until('more replicas of ledger', async () => (await replicas()) > before, 120);
  await load(null);
  const scaled = await replicas();
  const synced = (await rehearsal.metric('argocd_app_sync_total')).get('ledger');
  await rehearsal.argocd('app', 'get', 'ledger', '--hard-refresh');
  expect(await rehearsal.status('ledger')).toMatchObject({ sync: 'Synced' });
  expect(await replicas()).toBeGreaterThanOrEqual(scaled);
  expect((await rehearsal.metric('argocd_app_sync_total')).get('ledger')).toBe(synced);
  await rehearsal.lab.settled(120);
});

test('a pushed pin reaches the running pods and syncs only the Application whose files changed', async () => {
  await rehearsal.lab.settled(120);
  const before = await rehearsal.metric('argocd_app_sync_total');
  rehearsal.checkout.edit(HELLO, pin('hello', '9.9.9'));
  const pushed = Date.now();
  await rehearsal.synthAndPush('Move hello');
  await rehearsal.until('pods of hello 9.9.9', async () => {
    const pods = await rehearsal.lab.plane.api.list('/api/v1/namespaces/hello/pods');
    return pods.some((pod) => textAt(pod, 'spec', 'containers', 0, 'image')?.endsWith(':9.9.9') && isReady(pod));
  });
  say(`rendered, pushed and in running pods after ${((Date.now() - pushed) / 1000).toFixed(1)} s`);
  await rehearsal.lab.settled(60);
  say(`Synced and Healthy after ${((Date.now() - pushed) / 1000).toFixed(1)} s`);
  const after = await rehearsal.metric('argocd_app_sync_total');
  expect([...after].filter(([name, count]) => count !== before.get(name)).map(([name]) => name)).toEqual(['hello']);
});

test('a commit with invalid YAML changes nothing in the cluster, is reported on the Application, and is fixed by a revert', async () => {
  await breakAndRevert(
    `dist/${CLUSTER}/hello/Deployment.hello.yaml`,
    (text) => `${text}\n  : not: yaml\n`,
    'Deployment.hello.yaml',
  );
});

test('an object that the API server rejects changes nothing, is reported on the Application, and is fixed by a revert', async () => {
  await breakAndRevert(
    `dist/${CLUSTER}/hello/Deployment.hello.yaml`,
    (text) => text.replace('maxUnavailable: 0', 'maxUnavailable: none-at-all'),
    'none-at-all',
  );
});

test('argocd app rollback is refused while auto-sync is enabled', async () => {
  await expect(rehearsal.argocd('app', 'rollback', 'hello')).rejects.toThrow(/auto-sync is enabled/);
});

test('the emergency rollback of the runbook works as written and restores auto-sync', async () => {
  const automated = at(await rehearsal.application('hello'), 'spec', 'syncPolicy', 'automated');
  expect(automated).toEqual({ prune: true, selfHeal: true });
  const good = await rehearsal.image('hello');
  rehearsal.checkout.edit(HELLO, pin('hello', '9.9.10'));
  const bad = await rehearsal.synthAndPush('Move hello to a bad version');
  await rehearsal.until('hello 9.9.10', async () => (await rehearsal.image('hello'))?.endsWith(':9.9.10') === true);
  await rehearsal.lab.settled(60);

  const entries = JSON.parse(await rehearsal.argocd('app', 'get', 'hello', '--output', 'json')) as {
    readonly status: { readonly history: readonly { readonly id: number; readonly revision: string }[] };
  };
  const before = entries.status.history.findLast(({ revision }) => revision !== bad);
  await rehearsal.runRunbook('rollback', 1, { APP: 'hello', ID: String(before?.id) });
  await rehearsal.until('the previous image', async () => (await rehearsal.image('hello')) === good);
  // A hard refresh of the root neither reports nor reverts the paused auto-sync.
  await rehearsal.argocd('app', 'get', 'root', '--hard-refresh');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect(await rehearsal.status('root')).toMatchObject({ sync: 'Synced' });
  expect(at(await rehearsal.application('hello'), 'spec', 'syncPolicy', 'automated')).toBeUndefined();
  expect(await rehearsal.image('hello')).toBe(good);

  await rehearsal.runRunbook('rollback', 2, { APP: 'hello', '<commit>': bad });
  await rehearsal.lab.settled(60);
  expect(at(await rehearsal.application('hello'), 'spec', 'syncPolicy', 'automated')).toEqual(automated);
  expect(await rehearsal.image('hello')).toBe(good);
});

test('after the rollback, drift is reverted and objects removed from Git are pruned', async () => {
  const { api } = rehearsal.lab.plane;
  await api.merge(deployment('hello'), { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } });
  await rehearsal.until(
    'the grace period in dist',
    async () =>
      at(await api.get(deployment('hello')), 'spec', 'template', 'spec', 'terminationGracePeriodSeconds') !== 7,
  );
  const budget = '/apis/policy/v1/namespaces/hello/poddisruptionbudgets/hello';
  expect(await api.get(budget)).toBeDefined();
  rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) =>
    text.replace('hello: {}', 'hello: { replicas: 1 }'),
  );
  await rehearsal.synthAndPush('One hello is enough');
  await rehearsal.until('no disruption budget of hello', async () => (await api.get(budget)) === undefined);
  await rehearsal.lab.settled(60);
});

testChangeFlow(() => rehearsal, CLUSTER);

// Postfacto is a sample that a fork may have removed.
test.runIf(existsSync(join(root, 'charts/components/postfacto')))(
  'removing a component keeps its PersistentVolumeClaims; adding it again adopts them',
  async () => {
    const { api } = rehearsal.lab.plane;
    const claims = async (): Promise<string[]> =>
      (await api.list('/api/v1/namespaces/postfacto/persistentvolumeclaims')).map(
        ({ metadata, status }) => `${metadata.name} ${metadata.uid} ${textAt(status, 'phase')}`,
      );
    const password = async (): Promise<unknown> =>
      at(await api.get('/api/v1/namespaces/postfacto/secrets/postfacto-postgres'), 'data');
    const [volumes, secret] = [await claims(), await password()];
    expect(volumes).toHaveLength(2);
    expect(secret).toBeDefined();
    rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace(entry('postfacto'), ''));
    // Another cluster of the ring keeps some of the pins.
    await rehearsal.checkout.slipway('synth', '--prune-pins');
    const removed = await rehearsal.synthAndPush('Remove postfacto');
    await rehearsal.until(
      'no Application postfacto',
      async () => (await rehearsal.application('postfacto')) === undefined,
      120,
    );
    await rehearsal.lab.settled(120);
    expect(await api.get('/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/postfacto')).toBeUndefined();
    for (const kind of STATELESS)
      expect([kind, (await api.list(kind.replace('*', 'postfacto'))).map(({ metadata }) => metadata.name)]).toEqual([
        kind,
        [],
      ]);
    expect(await claims()).toEqual(volumes);

    await rehearsal.runRunbook('remove-a-component', 2, { '<commit>': removed });
    await rehearsal.until(
      'an Application postfacto',
      async () => (await rehearsal.application('postfacto')) !== undefined,
    );
    await rehearsal.lab.settled(120);
    expect(await claims()).toEqual(volumes);
    expect(await password()).toEqual(secret);
  },
);

test('a Namespace is deleted only after an operator confirms', async () => {
  const { api } = rehearsal.lab.plane;
  rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) => text.replace(entry('hello'), ''));
  const removed = await rehearsal.synthAndPush('Remove hello');
  await rehearsal.until(
    'an Application that is being deleted',
    async () => (await rehearsal.application('hello'))?.metadata.deletionTimestamp !== undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect(await api.get(deployment('hello'))).toBeDefined();
  await rehearsal.runRunbook('remove-a-component', 1, { COMPONENT: 'hello' });
  await rehearsal.until('no namespace hello', async () => (await api.get('/api/v1/namespaces/hello')) === undefined);
  await rehearsal.lab.settled(120);
  await rehearsal.runRunbook('remove-a-component', 2, { '<commit>': removed });
  await rehearsal.until('an Application hello', async () => (await rehearsal.application('hello')) !== undefined);
  await rehearsal.lab.settled(120);
});

test('another ACME server issues every certificate of a host again', async () => {
  const { api } = rehearsal.lab.plane;
  const issuers = async (): Promise<unknown[]> => {
    const secrets = await api.list('/api/v1/namespaces/gateway/secrets');
    return secrets
      .filter(({ type }) => type === 'kubernetes.io/tls')
      .map(({ metadata }) => metadata.annotations?.['cert-manager.io/issuer-name'] ?? '')
      .sort((a, b) => (a < b ? -1 : 1));
  };
  expect(await issuers()).toEqual(['letsencrypt-dns', 'letsencrypt-http', 'letsencrypt-http']);
  rehearsal.checkout.edit(`clusters/${CLUSTER}/cluster.ts`, (text) =>
    text.replace("acmeEmail: 'ops@example.net'", "acmeEmail: 'ops@example.net', acmeServer: 'staging'"),
  );
  await rehearsal.synthAndPush('Try the staging server');
  const now = ['letsencrypt-staging-dns', 'letsencrypt-staging-http', 'letsencrypt-staging-http'];
  await rehearsal.until(
    'certificates of the staging server',
    async () => JSON.stringify(await issuers()) === JSON.stringify(now),
    120,
  );
  await rehearsal.lab.settled(120);
});

const STATELESS = [
  '/apis/apps/v1/namespaces/*/deployments',
  '/apis/apps/v1/namespaces/*/statefulsets',
  '/api/v1/namespaces/*/services',
  '/api/v1/namespaces/*/pods',
  '/apis/networking.k8s.io/v1/namespaces/*/networkpolicies',
  '/apis/gateway.networking.k8s.io/v1/namespaces/*/httproutes',
];

/** Pushes an edit that must not reach the cluster, then reverts it. */
async function breakAndRevert(file: string, change: (text: string) => string, error: string): Promise<void> {
  const { api } = rehearsal.lab.plane;
  const generation = (await api.get(deployment('hello')))?.metadata.generation;
  const image = await rehearsal.image('hello');
  rehearsal.checkout.edit(file, change);
  const commit = rehearsal.checkout.commit('Break hello');
  rehearsal.checkout.git('push', '--quiet');
  try {
    await rehearsal.until(
      `an Application hello with the error ${error}`,
      async () => (await rehearsal.status('hello'))?.message.includes(error) === true,
    );
    expect((await api.get(deployment('hello')))?.metadata.generation).toBe(generation);
    // The root aggregates the health of its Applications.
    expect(
      (await applicationStatuses(api)).filter((application) => !isSettled(application)).map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['hello']));
  } finally {
    rehearsal.checkout.git('revert', '--no-edit', commit);
    rehearsal.checkout.git('push', '--quiet');
  }
  await rehearsal.lab.settled(90);
  expect(await rehearsal.image('hello')).toBe(image);
}
