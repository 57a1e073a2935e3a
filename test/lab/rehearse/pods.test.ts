import { describe, expect, it } from 'vitest';
import type { Live } from '../api.ts';
import { live } from './live.fixture.ts';
import type { Rendered } from './objects.ts';
import { restartsOf } from './pods.ts';

const LABELS: Readonly<Record<string, string>> = { ReplicaSet: 'pod-template-hash' };

function pod(kind: string, owner: string, template: string, uid: string): Live {
  return live('Pod', {
    name: uid,
    namespace: 'shop',
    uid,
    labels: { [LABELS[kind] ?? 'controller-revision-hash']: template },
    ownerReferences: [{ kind, name: owner, uid: owner }],
  });
}

const web = (template: string, uid: string): Live => pod('ReplicaSet', `web-${template}`, template, uid);

function rendered(kind: string, name: string): Rendered {
  return { application: 'shop', manifest: { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' } } };
}

describe('restarts', () => {
  it('are the pods of another template, each once', () => {
    const before = [web('1', 'a'), web('1', 'b'), pod('DaemonSet', 'agent', 'x', 'c')];
    const seen = [...before, web('2', 'd'), web('2', 'd'), web('2', 'e'), pod('DaemonSet', 'agent', 'y', 'f')];
    const objects = [rendered('Deployment', 'web'), rendered('DaemonSet', 'agent')];
    expect(restartsOf(before, seen, [], objects)).toEqual([
      { application: 'shop', object: 'Deployment shop/web', pods: 2 },
      { application: 'shop', object: 'DaemonSet shop/agent', pods: 1 },
    ]);
  });

  it('are not pods that were added or moved, new workloads, and Jobs', () => {
    const before = [web('1', 'a'), pod('Job', 'setup', '1', 'b')];
    const seen = [web('1', 'c'), pod('StatefulSet', 'db', '1', 'd'), pod('Job', 'setup', '2', 'e')];
    expect(restartsOf(before, seen, [], [rendered('Deployment', 'web')])).toEqual([]);
  });

  it('of what a controller made are those of its resource', () => {
    const before = [pod('StatefulSet', 'prometheus-main', '1', 'a')];
    const seen = [pod('StatefulSet', 'prometheus-main', '2', 'b')];
    const made = live('StatefulSet', {
      name: 'prometheus-main',
      namespace: 'shop',
      ownerReferences: [{ kind: 'Prometheus', name: 'main', uid: '1' }],
    });
    expect(restartsOf(before, seen, [made], [rendered('Prometheus', 'main')])).toEqual([
      { application: 'shop', object: 'StatefulSet shop/prometheus-main', madeFrom: 'Prometheus shop/main', pods: 1 },
    ]);
  });
});
