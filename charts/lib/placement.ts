import type { k8s } from 'cdk8s-plus-28';
import type { WorkloadProps } from './workload-props.ts';

/** Merges the affinity of the kind of workload, `awayFrom`, and that of the settings. */
export function affinity(
  { settings: { affinity: given = {} }, awayFrom = [] }: WorkloadProps,
  own: k8s.Affinity = {},
): k8s.Affinity | undefined {
  const required = [own, given].flatMap(
    (side) => side.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
  );
  const terms = [...required, ...awayFrom.map(onOtherNode)];
  const apart = terms.length > 0 && {
    podAntiAffinity: { ...given.podAntiAffinity, requiredDuringSchedulingIgnoredDuringExecution: terms },
  };
  const all = { ...given, ...apart };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Anti-affinity term: not on a node that runs a pod with these labels. */
export function onOtherNode(labels: Readonly<Record<string, string>>): k8s.PodAffinityTerm {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
}

/** Spread over zones and nodes, best effort: the loss of a zone must not leave pods Pending. */
export function spreadOver(
  labels: Readonly<Record<string, string>>,
  perRevision: boolean,
): k8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
    // Otherwise pods of the old revision are counted during a rollout, which ends with an uneven spread.
    matchLabelKeys: perRevision ? ['pod-template-hash'] : undefined,
  }));
}
