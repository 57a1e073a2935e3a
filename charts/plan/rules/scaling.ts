import { findKind, KINDS } from '../../kinds/index.ts';
import { scaledTargets } from '../../kinds/scaled.ts';
import { at, groupOf, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import type { Snapshot } from '../change.ts';

/** Kinds of autoscalers. */
export const SCALERS: readonly string[] = KINDS.filter(({ scales }) => scales !== undefined).map(({ kind }) => kind);

/** Kinds with pods and without replicas. */
const UNREPLICATED = new Set(['CronJob', 'DaemonSet', 'Job', 'Pod', 'ScaledJob']);

/** Kinds with `spec.replicas`. */
export const REPLICATED: readonly string[] = KINDS.filter(
  ({ kind, podTemplate, statefulSet }) => (podTemplate !== undefined || statefulSet) && !UNREPLICATED.has(kind),
).map(({ kind }) => kind);

/** The autoscaler of a workload. */
export function scalerOf(workload: Manifest, snapshot: Snapshot): Manifest | undefined {
  const { namespace, name } = workload.metadata;
  return SCALERS.flatMap((kind) => snapshot.ofKind(kind))
    .map(({ manifest }) => manifest)
    .find((scaler) =>
      scaledTargets([scaler]).some(
        (target) =>
          target.kind === workload.kind &&
          target.group === groupOf(workload) &&
          target.name === name &&
          target.namespace === namespace,
      ),
    );
}

/** The limits of an autoscaler; the defaults are those of its kind. */
export function scalerLimits(scaler: Manifest): { readonly min: number; readonly max: number; readonly field: string } {
  const spec = scaler['spec'];
  const keda = groupOf(scaler) === 'keda.sh';
  return {
    field: keda ? 'ReplicaCount' : 'Replicas',
    min: Number(keda ? (at(spec, 'minReplicaCount') ?? 0) : (at(spec, 'minReplicas') ?? 1)),
    max: Number(keda ? (at(spec, 'maxReplicaCount') ?? 100) : (at(spec, 'maxReplicas') ?? 1)),
  };
}

/** The replicas that a manifest asks for. */
export function replicasOf(workload: Manifest): number {
  return Number(at(workload, 'spec', 'replicas') ?? 1);
}

/** The fewest pods of a workload; undefined for a kind whose nodes or completions decide on it. */
export function leastReplicas(workload: Manifest, snapshot: Snapshot): number | undefined {
  if (!REPLICATED.includes(workload.kind) || findKind(workload) === undefined) return undefined;
  const scaler = scalerOf(workload, snapshot);
  return scaler ? scalerLimits(scaler).min : replicasOf(workload);
}

/** True if Argo CD leaves the replicas of a workload as they are in the cluster. */
export function replicasIgnored(workload: Manifest, application: string, snapshot: Snapshot): boolean {
  const found = snapshot.application(application);
  const matches = (field: string, value: string | undefined, entry: unknown): boolean =>
    [undefined, '', '*', value].includes(textAt(entry, field));
  return (
    listAt(found?.manifest, 'spec', 'syncPolicy', 'syncOptions').includes('RespectIgnoreDifferences=true') &&
    listAt(found?.manifest, 'spec', 'ignoreDifferences').some(
      (entry) =>
        matches('group', groupOf(workload), entry) &&
        matches('kind', workload.kind, entry) &&
        matches('name', workload.metadata.name, entry) &&
        matches('namespace', workload.metadata.namespace, entry) &&
        listAt(entry, 'jsonPointers').includes('/spec/replicas'),
    )
  );
}
