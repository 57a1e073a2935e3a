import { describe, expect, it } from 'vitest';
import type { Api, Live } from '../../api.ts';
import { KINDS } from '../../mirror.ts';
import type { Request } from '../../real/outside.ts';
import { Ground, nameOf } from './ground.ts';

const ROUTE = { metadata: { namespace: 'shop' }, spec: { hostnames: ['shop.example.com'] } };

/** A cluster with these pods, one route and one authority. */
class PaperGround extends Ground {
  readonly cluster = 'paper';
  readonly caller = undefined;
  readonly sent: Request[] = [];
  readonly api: Api;
  /** What the next requests are answered with, the last one for good. */
  readonly answers: number[] = [];
  protected readonly outside = {
    request: (request: Request) => {
      this.sent.push(request);
      const status = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      if (status === undefined) return Promise.reject(new Error('refused'));
      return Promise.resolve({ status, headers: {}, body: '' });
    },
    load: () => ({ end: () => Promise.resolve({ outcomes: {}, slowest: 0 }) }),
  };

  constructor(...pods: readonly object[]) {
    super();
    this.api = {
      list: (path: string) => Promise.resolve(path === KINDS.pods ? pods : path.endsWith('/httproutes') ? [ROUTE] : []),
      get: () => Promise.resolve({ data: { 'ca.crt': Buffer.from('an authority').toString('base64') } }),
    } as unknown as Api;
  }

  async containers() {
    const nothing = { read: () => Promise.resolve(''), signal: () => Promise.resolve() };
    return (await this.running()).map((one) => ({ ...one, ...nothing }));
  }

  push = () => Promise.resolve();

  async until(what: string, condition: () => Promise<boolean>) {
    for (let tries = 0; tries < 3; tries++) if (await condition()) return;
    throw new Error(`not within the time: ${what}`);
  }

  protected synced = () => Promise.resolve();
  protected address = () => Promise.resolve('192.0.2.1:443');
}

function pod(name: string, status: object, ownerKind = 'ReplicaSet'): Live {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      ownerReferences: [{ kind: ownerKind, name: 'any', uid: 'any' }],
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'main' }, { name: 'sidecar' }] },
    status,
  };
}

describe('a ground', () => {
  it('has the pods that have not ended, without those of the control plane', async () => {
    const ground = new PaperGround(
      pod('serving', { phase: 'Running' }),
      pod('waiting', { phase: 'Pending' }),
      pod('done', { phase: 'Succeeded' }),
      pod('broken', { phase: 'Failed' }),
      pod('etcd', { phase: 'Running' }, 'Node'),
    );
    expect((await ground.pods()).map(nameOf)).toEqual(['shop/serving', 'shop/waiting']);
  });

  it('has the containers that are running, by node and id', async () => {
    const containerStatuses = [
      { name: 'sidecar', containerID: 'containerd://2', state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
      { name: 'main', containerID: 'containerd://1', state: { terminated: { exitCode: 1 } } },
    ];
    const ground = new PaperGround(pod('serving', { phase: 'Running', containerStatuses }), pod('new', {}));
    expect(await ground.containers()).toMatchObject([
      { name: 'sidecar', container: { name: 'sidecar' }, node: 'node-1', id: '2' },
    ]);
  });

  it('is called at the address of its gateway, whose certificate its own authority has signed', async () => {
    const ground = new PaperGround();
    ground.answers.push(201);
    await ground.call('shop.example.com', '/item', { body: { name: 'cup' } });
    const url = 'https://shop.example.com/item';
    expect(ground.sent).toEqual([{ url, address: '192.0.2.1:443', ca: 'an authority', body: { name: 'cup' } }]);
  });

  it('has settled when the gateway answers for every host, and not only when the pods are ready', async () => {
    const ground = new PaperGround();
    ground.answers.push(503, 404);
    await ground.settled();
    expect(ground.sent).toHaveLength(2);
  });

  it.each([
    { answers: [503], what: 'shop.example.com (503)' },
    { answers: [], what: 'shop.example.com (Error: refused)' },
  ])('names the hosts that do not answer: $what', async ({ answers, what }) => {
    const ground = new PaperGround();
    ground.answers.push(...answers);
    await expect(ground.settled()).rejects.toThrow(`no answer of ${what}`);
  });
});
