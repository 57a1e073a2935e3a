import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt } from '../../../../charts/lib/manifest.ts';
import { pause } from '../../api.ts';
import { say } from '../rehearsal.ts';
import { Ground, nameOf, restartsOf, statusOf } from './ground.ts';

/** Seconds from built programs until all is Synced and Healthy; on two cores that nothing else uses. */
const UP_WITHIN = 240;
let ground: Ground;

beforeAll(async () => {
  ground = await Ground.up();
});
afterAll(() => ground?.rehearsal.end());

test('everything is up soon', () => {
  expect(ground.seconds).toBeLessThan(UP_WITHIN);
});

test('every pod is ready, and no container was started twice', async () => {
  await ground.settled(60);
  const pods = await ground.pods();
  expect(pods.filter((pod) => restartsOf(pod) > 0).map(nameOf)).toEqual([]);
});

test('every container runs as its pod says: user, read-only root, no privileges, seccomp', async () => {
  const containers = await ground.containers();
  const wrong: string[] = [];
  for (const { pod, container, name, pid } of containers) {
    // What a new cluster brings along is not rendered.
    if (pod.metadata.namespace === 'kube-system') continue;
    const status = statusOf(pid);
    const context = (field: string): unknown =>
      at(container, 'securityContext', field) ?? at(pod, 'spec', 'securityContext', field);
    const user = context('runAsUser');
    const root = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find((fields) => fields[4] === '/');
    const complain = (what: string): number => wrong.push(`${nameOf(pod)} ${name}: ${what}`);
    const uid = status.get('Uid')?.split('\t')[0];
    if (typeof user === 'number' && Number(uid) !== user) complain(`runs as user ${uid}, not ${user}`);
    if (context('runAsNonRoot') === true && uid === '0') complain('runs as root');
    if (context('readOnlyRootFilesystem') === true && !root?.[5]?.split(',').includes('ro'))
      complain('can write to its root file system');
    if (context('allowPrivilegeEscalation') === false && status.get('NoNewPrivs') !== '1')
      complain('can gain privileges');
    const dropped = listAt(container, 'securityContext', 'capabilities', 'drop').includes('ALL');
    const added = listAt(container, 'securityContext', 'capabilities', 'add').length > 0;
    if (dropped && !added && !/^0+$/.test(status.get('CapBnd') ?? ''))
      complain(`has capabilities ${status.get('CapBnd')}`);
    if (context('seccompProfile') !== undefined && status.get('Seccomp') !== '2')
      complain('is not confined by seccomp');
  }
  expect(wrong).toEqual([]);
  expect(containers.length).toBeGreaterThan(10);
});

test('each host answers outside of the cluster, by a certificate of the private authority', async () => {
  for (const { host } of await ground.hosts()) {
    const { status, headers } = await ground.call(host, '/');
    expect(status, host).toBeLessThan(500);
    expect(headers['strict-transport-security'], host).toBe('max-age=31536000');
  }
});

test("/ip has the caller's address, also when the caller claims another one", async () => {
  const host = (await ground.hosts()).find(({ namespace }) => namespace === 'whoami')?.host ?? '';
  const { caller } = ground.lab.real.outside;
  const claims: Readonly<Record<string, string>>[] = [
    {},
    { 'x-forwarded-for': '203.0.113.66' },
    { 'x-real-ip': '203.0.113.66' },
    { forwarded: 'for=203.0.113.66' },
  ];
  for (const headers of claims) {
    const answer = await ground.call(host, '/ip', headers);
    expect(JSON.parse(answer.body), JSON.stringify(headers)).toEqual({ ip: caller });
  }
});

test('an object written through the gateway is read back from the database', async () => {
  const host = (await ground.hosts()).find(({ namespace }) => namespace === 'restaurants')?.host ?? '';
  const { status, body } = await ground.call(host, '/readyz');
  expect(status, body).toBe(200);
});

test('usage of nodes and pods is measured', async () => {
  await ground.rehearsal.until(
    'the metrics API has every pod',
    async () => {
      const usage = await ground.api.list('/apis/metrics.k8s.io/v1beta1/pods');
      return usage.length >= (await ground.pods()).length;
    },
    90,
  );
  expect(await ground.api.list('/apis/metrics.k8s.io/v1beta1/nodes')).toHaveLength(ground.lab.real.nodes.length);
});

test('a rolling restart of a service loses no request', async () => {
  const host = (await ground.hosts()).find(({ namespace }) => namespace === 'whoami')?.host ?? '';
  const load = await ground.load(host, '/ip', 8, 5);
  await pause(1000);
  await ground.api.merge('/apis/apps/v1/namespaces/whoami/deployments/whoami', {
    spec: {
      template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } },
    },
  });
  await rolled('whoami');
  await pause(2000);
  const { outcomes, slowest } = await load.end();
  say(`${outcomes['200']} answers during a rolling restart, the slowest after ${slowest} ms`);
  expect(Object.keys(outcomes)).toEqual(['200']);
});

/** Waits until a Deployment has only pods of its newest template. */
async function rolled(name: string): Promise<void> {
  await ground.rehearsal.until(
    `Deployment ${name} has rolled`,
    async () => {
      const deployment = await ground.api.get(`/apis/apps/v1/namespaces/${name}/deployments/${name}`);
      const {
        replicas = 0,
        updatedReplicas = 0,
        availableReplicas = 0,
        observedGeneration = 0,
      } = at(deployment, 'status') as Record<string, number | undefined>;
      return (
        observedGeneration === deployment?.metadata.generation &&
        updatedReplicas === replicas &&
        availableReplicas === replicas &&
        (await ground.pods()).filter(({ metadata }) => metadata.namespace === name).length === replicas
      );
    },
    120,
  );
}
