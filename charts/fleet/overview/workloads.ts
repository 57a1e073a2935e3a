import { findKind } from '../../kinds/index.ts';
import { at, type Manifest } from '../../lib/manifest.ts';
import type { Snapshot } from '../../plan/change.ts';
import { POD_KINDS, podsOf } from '../../plan/rules/pods.ts';
import { leastReplicas } from '../../plan/rules/scaling.ts';
import type { Requests } from './model.ts';
import { withReloader } from './operated.ts';
import { podRequests, times } from './pod-requests.ts';

/** How the pods of a workload come and go: the field of the overview that counts them. */
export type Life = 'running' | 'perNode' | 'jobs';

/** A workload, and what its pods ask for. */
export interface Workload {
  readonly manifest: Manifest;
  readonly application: string;
  readonly life: Life;
  /** The spec of its pods; also of those that an operator makes. */
  readonly spec: unknown;
  readonly requests: Requests;
}

/** Kinds whose pods do not run all the time in a number that is in Git. */
const LIVES: Readonly<Record<string, Life>> = { DaemonSet: 'perNode', CronJob: 'jobs', Job: 'jobs', ScaledJob: 'jobs' };

/** Where kinds of jobs say how many pods run at once. */
const PARALLELISM: Readonly<Record<string, readonly string[]>> = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'parallelism'],
  Job: ['spec', 'parallelism'],
  ScaledJob: ['spec', 'jobTargetRef', 'parallelism'],
};

/** All workloads of a cluster. */
export function workloadsIn(snapshot: Snapshot): Workload[] {
  return POD_KINDS.flatMap((kind) => snapshot.ofKind(kind)).flatMap(({ manifest, application }) => {
    const spec = specOf(manifest, snapshot);
    if (spec === undefined) return [];
    const life = LIVES[manifest.kind] ?? 'running';
    const requests = times(podCount(manifest, snapshot), podRequests(manifest, spec));
    return [{ manifest, application, life, spec, requests }];
  });
}

function specOf(manifest: Manifest, snapshot: Snapshot): unknown {
  const set = findKind(manifest)?.statefulSet?.(manifest);
  return set ? withReloader(at(set, 'spec', 'template', 'spec'), snapshot) : podsOf(manifest)?.spec;
}

function podCount(manifest: Manifest, snapshot: Snapshot): number {
  const parallelism = PARALLELISM[manifest.kind];
  if (parallelism) return Number(at(manifest, ...parallelism) ?? 1);
  return leastReplicas(manifest, snapshot) ?? 1;
}
