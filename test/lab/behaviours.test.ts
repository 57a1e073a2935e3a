import { describe, expect, it } from 'vitest';
import { at, type Manifest } from '../../charts/lib/manifest.ts';
import { named } from '../lib/cluster-objects.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import type { Live } from './api.ts';
import { missingForProgram } from './behaviours.ts';
import type { Mirror } from './mirror.ts';

const cluster = (await renderTestFleet()).find(({ name }) => name === 'test-eks')!;
const sets = ['mongo', 'mongo-analytics'];

/** A scheduled pod of a workload. */
function podOf(kind: string, namespace: string, workload: string, name: string): Live {
  const template = at(named(cluster, kind, namespace, workload), 'spec', 'template') as { readonly spec: object };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ownerReferences: [{ kind }] },
    spec: { ...template.spec, nodeName: 'node' },
  } as unknown as Live;
}

const membersOf = (set: string): Live[] => [0, 1, 2].map((i) => podOf('StatefulSet', set, set, `${set}-${i}`));

/** What a pod of a replica set's setup Job waits for if these pods run. */
const setupWaitsFor = (set: string, pods: readonly Live[]): string[] =>
  missingForProgram(podOf('Job', set, `${set}-setup`, `${set}-setup-x`), mirror({ pods }));

/** A mirror with these objects. */
function mirror({ pods = [], jobs = [] }: { readonly pods?: readonly Live[]; readonly jobs?: readonly Manifest[] }) {
  return { all: (resource: string) => (resource === 'jobs' ? jobs : pods) } as unknown as Mirror;
}

describe.each(sets)('the simulated replica set %s', (set) => {
  it('is initiated once its three members run', () => {
    expect(setupWaitsFor(set, membersOf(set))).toEqual([]);
    expect(setupWaitsFor(set, membersOf(set).slice(1))).toEqual(['three members']);
  });

  it('is not initiated by the members of another one, or by the pod of the dumps', () => {
    const others = sets.filter((other) => other !== set).flatMap(membersOf);
    const dumps = [0, 1, 2].map((i) => podOf('StatefulSet', set, `${set}-dump`, `${set}-dump-${i}`));
    expect(setupWaitsFor(set, [...others, ...dumps])).toEqual(['three members']);
  });

  it('has members that are ready once its setup Job is there', () => {
    const member = podOf('StatefulSet', set, set, `${set}-0`);
    const job = named(cluster, 'Job', set, `${set}-setup`)!;
    expect(missingForProgram(member, mirror({ jobs: [job] }))).toEqual([]);
    expect(missingForProgram(member, mirror({}))).toEqual(['the Job that initiates the replica set']);
  });
});

it('a simulated sample service waits for the replica set that its Secret names', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'items-x', namespace: 'items' },
    spec: {
      containers: [
        {
          image: 'ghcr.io/example/slipway/items:1.0.0',
          env: [{ name: 'MONGODB_URI', valueFrom: { secretKeyRef: { name: 'items-mongo-analytics', key: 'uri' } } }],
        },
      ],
    },
  } as unknown as Live;
  const asked: unknown[] = [];
  const none = { one: (...identity: unknown[]) => void asked.push(identity) } as unknown as Mirror;
  expect(missingForProgram(pod, none)).toEqual(['StatefulSet mongo-analytics/mongo-analytics']);
  expect(asked).toEqual([['statefulSets', 'mongo-analytics', 'mongo-analytics']]);
});
