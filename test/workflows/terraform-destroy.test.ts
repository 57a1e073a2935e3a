import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoomedCluster } from './doomed-cluster.ts';

let cluster: DoomedCluster;
beforeEach(() => {
  cluster = new DoomedCluster();
});
afterEach(() => cluster.remove());

const destroy = (...args: readonly string[]) => cluster.run('terraform-destroy.sh', args);
const backup = (step: string, env: Readonly<Record<string, string>> = {}) =>
  cluster.run('terraform-backup.sh', [step, 'test'], env);

interface Backup {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}
const backups = (): Backup[] => (JSON.parse(cluster.read('world/backups.json')) as { items: Backup[] }).items;

describe('terraform-backup.sh', () => {
  it('creates a last backup for each Schedule, once, and waits until they are Completed', async () => {
    const schedules = { SCHEDULES: 'volumes dumps' };
    expect(await backup('start', schedules)).toMatchObject({ code: 0 });
    expect(backups().map(({ spec }) => spec)).toEqual([
      { includedNamespaces: ['volumes'], ttl: '8760h0m0s' },
      { includedNamespaces: ['dumps'], ttl: '8760h0m0s' },
    ]);
    expect(backups()[0]?.metadata.name).toMatch(/^last-volumes-\d{14}$/);
    expect(await backup('start', schedules)).toMatchObject({ code: 0 });
    expect(backups()).toHaveLength(2);
    expect(await backup('wait', schedules)).toMatchObject({ code: 0, stdout: 'pending=\n' });
  });

  it.each(['Failed', 'PartiallyFailed', 'FailedValidation'])(
    'ends at once if a backup is %s, with what Velero says, and takes another one when it is run again',
    async (phase) => {
      await backup('start');
      const { code, stderr } = await backup('wait', { ENDS: phase });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`^Backup last-volumes-\\d+ is ${phase}: {"failureReason":"the store is full","errors":2}$`, 'm'),
      );
      expect(await backup('start')).toMatchObject({ code: 0 });
      expect(backups()).toHaveLength(2);
    },
  );

  it('prints what is still in progress when its time is over', async () => {
    await backup('start');
    const { code, stdout } = await backup('wait', { WAIT_MINUTES: '0' });
    expect(stdout).toMatch(/^pending=last-volumes-\d{14} \(InProgress\)\n$/);
    expect(code).toBe(0);
  });

  it('exits with 1 if none was started, or if there is no schedule', async () => {
    expect(await backup('wait')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('run "start" first') as string,
    });
    expect(await backup('start', { SCHEDULES: '' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no backup schedule') as string,
    });
  });

  it('exits with 1 if the API server does not answer, and says what to do', async () => {
    cluster.die();
    expect(await backup('start')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('destroy it with "unreachable"') as string,
    });
  });

  it('has nothing to do without a hand-over', async () => {
    cluster.write('world/state', '');
    expect(await backup('start')).toMatchObject({ code: 0, stderr: expect.stringContaining('no hand-over') as string });
  });
});

describe('terraform-destroy.sh', () => {
  it('destroys nothing that "keep" has not written down', async () => {
    const before = cluster.left();
    expect(await destroy('destroy', 'test')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('module.cluster.module.dns.aws_route53_zone.this[0]') as string,
    });
    expect(cluster.left()).toEqual(before);
  });

  it('adds to what an earlier run has kept', async () => {
    cluster.write('kept/imports.tf.json', '{"import":[{"to":"a.module.dns.b","id":"earlier"}]}');
    await destroy('keep', 'test');
    const { imports } = cluster.left();
    expect(JSON.parse(imports)).toMatchObject({
      import: [{ id: 'earlier' }, { id: expect.stringContaining('@us-east-1') as string }, {}],
    });
    cluster.write('world/state', '');
    expect(await destroy('keep', 'test')).toMatchObject({ code: 0 });
    expect(cluster.left().imports).toBe(imports);
  });

  it('exits with 1 if the API server does not answer, and says what to do', async () => {
    cluster.die();
    for (const step of ['keep', 'destroy'] as const) {
      expect(await destroy(step, 'test')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('destroy with "unreachable"') as string,
      });
      // For the second step, as if the server had died in between.
      await destroy('keep', 'test', 'unreachable');
    }
  });

  it('of a dead cluster, says what stays, and that a load balancer blocks its network', async () => {
    cluster.die();
    expect(await destroy('keep', 'test', 'unreachable')).toMatchObject({ code: 0, stderr: '' });
    expect(cluster.left().stays).toMatch(/taken for lost.*\*\*this run takes no backup\*\*/);
    expect(cluster.left().stays).toContain(
      '`aws resourcegroupstaggingapi get-resources --region us-east-1 --tag-filters Key=eks:eks-cluster-name,Values=example-test`',
    );
    expect(await destroy('destroy', 'test', 'unreachable')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DependencyViolation') as string,
    });
    cluster.write('world/cloud', cluster.read('world/cloud').replace(/^load balancer.*\n/m, ''));
    expect(await destroy('destroy', 'test', 'unreachable')).toMatchObject({ code: 0 });
    expect(cluster.left().state).toBe('');
  });

  it('without a hand-over, says so and how to find what may stay', async () => {
    cluster.write('world/state', cluster.read('world/state').replace(/^.*argocd.*\n/gm, ''));
    await destroy('keep', 'test');
    expect(cluster.left().stays).toContain('The state has no hand-over');
    expect(cluster.left().stays).toContain('aws resourcegroupstaggingapi get-resources');
  });

  it('on Azure says that disks go with their resource group', async () => {
    cluster.write('world/state', cluster.read('world/state').replace('aws_eks_cluster', 'azurerm_kubernetes_cluster'));
    await destroy('keep', 'test');
    expect(cluster.left().stays).toContain('`az group exists --name example-test-nodes`');
    expect(cluster.left().stays).toContain('10Gi of `mongo/data-mongo-0`: `vol-1`');
  });
});
