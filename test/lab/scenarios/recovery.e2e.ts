import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, textAt } from '../../../charts/lib/manifest.ts';
import { CRASHES } from '../kubelet.ts';
import { Rehearsal, say } from './rehearsal.ts';

/** What is pushed, breaks, and heals: syncs that fail, and changes that must not be felt. */
const CLUSTER = 'test-aks';
const FILE = `clusters/${CLUSTER}/cluster.ts`;
/** Seconds in which a pushed fix replaces a sync that fails. */
const REPLACED_IN = 120;
let rehearsal: Rehearsal;

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const ABSENT_WEBHOOK = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'absent' },
  webhooks: [
    {
      name: 'absent.example.org',
      rules: [
        { apiGroups: ['cert-manager.io'], apiVersions: ['v1'], resources: ['certificates'], operations: ['CREATE'] },
      ],
      clientConfig: { service: { namespace: 'default', name: 'absent' } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
};

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

test('a pushed fix replaces a sync whose hook Job fails, and the failing commit is not tried again', async () => {
  const { checkout } = rehearsal;
  const job = `dist/${CLUSTER}/mongo/Job.mongo-setup.yaml`;
  checkout.edit(job, (text) =>
    text.replace(/( {2}template:\n {4}metadata:\n)/, `$1      annotations: { ${CRASHES}: 'yes' }\n`),
  );
  // A changed hook alone is no difference for Argo CD, so something else changes as well.
  checkout.edit(`dist/${CLUSTER}/mongo/ConfigMap.mongo-setup.yaml`, (text) =>
    text.replace('"timeoutSeconds": 90', '"timeoutSeconds": 91'),
  );
  const broken = checkout.commit('Break the setup of mongo');
  checkout.git('push', '--quiet');
  await rehearsal.until('a third attempt', async () => (await retries('mongo')) >= 2, 120);
  checkout.git('revert', '--no-edit', broken);
  const fixed = checkout.git('rev-parse', 'HEAD').trim();
  const pushed = Date.now();
  checkout.git('push', '--quiet');
  await rehearsal.until('mongo synced at the fix', async () => (await syncedAt('mongo')) === fixed, REPLACED_IN);
  say(`the fix replaced the failing sync after ${((Date.now() - pushed) / 1000).toFixed(0)} s`);
  await rehearsal.lab.settled(120);
});

test('a sync that hangs takes a pushed fix once it is ended, as the runbook says', async () => {
  const { checkout, lab } = rehearsal;
  const wait = (from: number, to: number): void =>
    checkout.edit(`dist/${CLUSTER}/mongo/ConfigMap.mongo-setup.yaml`, (text) =>
      text.replace(`"timeoutSeconds": ${from}`, `"timeoutSeconds": ${to}`),
    );
  lab.kubelet.unready.add('mongo');
  wait(90, 91);
  checkout.commit('Wait longer for the members of mongo');
  checkout.git('push', '--quiet');
  await rehearsal.until(
    'a sync that waits for the setup of mongo',
    async () => (await rehearsal.status('mongo'))?.message.includes('waiting for') === true,
  );
  wait(91, 90);
  const fixed = checkout.commit('Wait as long as before');
  checkout.git('push', '--quiet');
  lab.kubelet.unready.delete('mongo');
  await rehearsal.runRunbook('hanging-sync', 1, { APP: 'mongo' });
  await rehearsal.until('mongo synced at the fix', async () => (await syncedAt('mongo')) === fixed, REPLACED_IN);
  await lab.settled(120);
});

test('a sync that fails for want of a webhook is repeated without a push until it is not missed any more', async () => {
  const { checkout, lab } = rehearsal;
  const { api } = lab.plane;
  // Asked for new Certificates only, so that what there is can be compared; and absent from the start, since the API server
  // keeps its connection to one whose pods are not ready any more.
  await api.apply(ABSENT_WEBHOOK, { manager: 'e2e' });
  checkout.edit(FILE, (text) => text.replace("'ledger.example.org'", "'books.example.org'"));
  await rehearsal.synthAndPush('Move the host of ledger');
  await rehearsal.until(
    'three failed attempts',
    async () => (await retries('ledger')) >= 3 || (await retries('gateway')) >= 3,
    240,
  );
  await api.call('DELETE', `${WEBHOOKS}/${ABSENT_WEBHOOK.metadata.name}`);
  await rehearsal.lab.settled(180);
});

test('a service has never fewer pods than its minimum while an autoscaler takes over, and while it is removed', async () => {
  const { checkout, lab } = rehearsal;
  const replicas: number[] = [];
  const stop = new AbortController();
  const record = (items: readonly unknown[]): void => {
    for (const item of items) {
      const value = at(item, 'spec', 'replicas');
      if (at(item, 'metadata', 'name') === 'hello' && typeof value === 'number' && replicas.at(-1) !== value)
        replicas.push(value);
    }
  };
  void lab.plane.api.follow('/apis/apps/v1/namespaces/hello/deployments', stop.signal, record, (_, item) =>
    record([item]),
  );
  const change = async (from: string, to: string, message: string): Promise<void> => {
    checkout.edit(FILE, (text) => text.replace(from, to));
    const commit = await rehearsal.synthAndPush(message);
    await rehearsal.until(message, async () => (await syncedAt('hello')) === commit, 120);
    await lab.settled(120);
  };
  await change('hello: {}', 'hello: { replicas: 4 }', 'Run four of hello');
  expect(replicas.at(-1)).toBe(4);
  replicas.splice(0, replicas.length - 1);
  await change('hello: { replicas: 4 }', 'hello: { replicas: { min: 3, max: 6 } }', 'Scale hello by load');
  await change('hello: { replicas: { min: 3, max: 6 } }', 'hello: { replicas: 3 }', 'Run three of hello');
  await rehearsal.until('three of hello', async () => replicas.at(-1) === 3);
  say(`replicas of hello: ${replicas.join(', ')}`);
  expect(Math.min(...replicas)).toBe(3);
  stop.abort();
});

test('a project refuses a cluster-scoped object under a name that its component does not render', async () => {
  const { checkout } = rehearsal;
  checkout.edit(`dist/${CLUSTER}/external-dns/ClusterRole.external-dns.yaml`, (text) =>
    text.replace('name: external-dns', 'name: other'),
  );
  const commit = checkout.commit('Rename the role of external-dns by hand');
  checkout.git('push', '--quiet');
  await rehearsal.until(
    'a refused ClusterRole',
    async () => (await rehearsal.status('external-dns'))?.message.includes('is not permitted in project') === true,
  );
  checkout.git('revert', '--no-edit', commit);
  checkout.git('push', '--quiet');
  await rehearsal.lab.settled(120);
});

/** How often the current or last sync of an Application was repeated. */
async function retries(application: string): Promise<number> {
  return Number(at(await rehearsal.application(application), 'status', 'operationState', 'retryCount') ?? 0);
}

/** The commit of an Application's last successful sync. */
async function syncedAt(application: string): Promise<string | undefined> {
  const state = at(await rehearsal.application(application), 'status', 'operationState');
  return at(state, 'phase') === 'Succeeded' ? textAt(state, 'syncResult', 'revision') : undefined;
}
