import { expect, test } from 'vitest';
import { at, listAt } from '../../../../charts/lib/manifest.ts';
import { fieldsOf, type Ground, nameOf, restartsOf } from './ground.ts';

/** What holds of a cluster that nobody has touched since it came up. */
export function testRunning(ground: () => Ground): void {
  test('every pod is ready, and no container was started twice', async () => {
    await ground().settled(60);
    const pods = await ground().pods();
    expect(pods.filter((pod) => restartsOf(pod) > 0).map(nameOf)).toEqual([]);
  });

  test('every container runs as its pod says: user, user namespace, read-only root, no privileges, seccomp', async () => {
    const containers = await ground().containers();
    const wrong: string[] = [];
    for (const { pod, container, name, read } of containers) {
      // What a new cluster brings along is not rendered.
      if (pod.metadata.namespace === 'kube-system') continue;
      const status = fieldsOf(await read('status'));
      const context = (field: string): unknown =>
        at(container, 'securityContext', field) ?? at(pod, 'spec', 'securityContext', field);
      const user = context('runAsUser');
      const root = (await read('mountinfo'))
        .split('\n')
        .map((line) => line.split(' '))
        .find((fields) => fields[4] === '/');
      const complain = (what: string): number => wrong.push(`${nameOf(pod)} ${name}: ${what}`);
      const node = Number(status.get('Uid')?.split('\t')[0]);
      const [first = 0, firstOfNode = 0] = (await read('uid_map')).trim().split(/\s+/).map(Number);
      const uid = node - firstOfNode + first;
      if (typeof user === 'number' && uid !== user) complain(`runs as user ${uid}, not ${user}`);
      if (context('runAsNonRoot') === true && uid === 0) complain('runs as root');
      if (at(pod, 'spec', 'hostUsers') === false && node === uid) complain('has the users of its node');
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

  test('usage of nodes and pods is measured', async () => {
    await ground().until(
      'the metrics API has every pod',
      async () => {
        const usage = await ground().api.list('/apis/metrics.k8s.io/v1beta1/pods');
        return usage.length >= (await ground().pods()).length;
      },
      90,
    );
    const nodes = await ground().api.list('/api/v1/nodes');
    expect(await ground().api.list('/apis/metrics.k8s.io/v1beta1/nodes')).toHaveLength(nodes.length);
  });
}
