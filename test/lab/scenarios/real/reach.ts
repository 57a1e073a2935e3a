import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { textAt } from '../../../../charts/lib/manifest.ts';
import { API_PORT, ROOM_ADDRESS } from '../../real/doors.ts';
import { buildProbe } from '../../real/reach/attempts.ts';
import { type Sweep, sweep } from '../../real/reach/sweep.ts';
import { say } from '../rehearsal.ts';
import type { RealGround } from './real-ground.ts';

/** Every pod tries every Service, port and address that it might; the policies say what must come of it. */
export function testReach(ground: () => RealGround): void {
  let result: Sweep;

  beforeAll(async () => {
    const { lab, api } = ground();
    const { nodes, outside } = lab.real;
    const probe = await buildProbe(join(lab.props.folder, 'probe'));
    const [pods = [], namespaces = [], services = [], policies = []] = await Promise.all(
      ['/api/v1/pods', '/api/v1/namespaces', '/api/v1/services', '/apis/networking.k8s.io/v1/networkpolicies'].map(
        (path) => api.list(path),
      ),
    );
    const networks = await ground().networks();
    result = await sweep(
      { pods, namespaces, services, policies },
      {
        probe,
        apiServer: { address: ROOM_ADDRESS, port: API_PORT },
        nodes,
        outside: outside.server,
        netns: (pod) => networks.get(textAt(pod, 'metadata', 'uid') ?? '') ?? '',
        nodeNetns: `/proc/${nodes[0]?.pid}/ns/net`,
      },
    );
    const { allowed, denied, unspecified } = result.counts;
    say(
      `${allowed + denied + unspecified} connections: ${allowed} allowed, ${denied} denied, ${unspecified} unspecified`,
    );
  });

  test('network policies let through what they say, and nothing else', () => {
    expect(result.differences).toEqual([]);
    expect(result.counts.denied).toBeGreaterThan(result.counts.allowed);
  });

  test('something answers wherever a policy lets pods through', () => {
    expect(result.unserved).toEqual([]);
  });

  test('what pods are kept from exists', () => {
    expect(result.unproven).toEqual([]);
  });
}
