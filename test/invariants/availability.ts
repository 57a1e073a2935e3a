import { at, label as labelOf, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind } from '../lib/cluster-objects.ts';
import { leastReplicas, type Pods, workloadPods, selected } from '../lib/pods.ts';
import { type LabelSelector, matches } from '../lib/selector.ts';
import { invariant } from './invariant.ts';

/** Workloads of more than one pod that serve at the same time, with how many there are at least. */
function several(cluster: ClusterObjects): { readonly pods: Pods; readonly replicas: number }[] {
  return workloadPods(cluster)
    .map((pods) => ({ pods, replicas: leastReplicas(cluster, pods) }))
    .filter(({ replicas }) => replicas > 1);
}

/** A node's maintenance takes some pods, never all. */
export const budgets = invariant('several pods have a disruption budget', (cluster) =>
  several(cluster)
    .filter(({ pods }) => budgetsOf(cluster, pods).length !== 1)
    .map(({ pods }) => `${pods.label} has ${budgetsOf(cluster, pods).length} disruption budgets instead of one`),
);

/** A budget that allows no disruption stops the maintenance of every node that such a pod is on. */
export const budgetsYield = invariant('a disruption budget allows a disruption', (cluster) =>
  workloadPods(cluster).flatMap((pods) =>
    budgetsOf(cluster, pods).flatMap((budget) => {
      const replicas = leastReplicas(cluster, pods);
      const stuck =
        at(budget, 'spec', 'unhealthyPodEvictionPolicy') !== 'AlwaysAllow'
          ? [`${labelOf(budget)} lets a pod that is not ready block its node`]
          : [];
      const max = at(budget, 'spec', 'maxUnavailable');
      const min = at(budget, 'spec', 'minAvailable');
      // Kubernetes rounds both up.
      const allowed = max !== undefined ? share(max, replicas) : replicas - share(min, replicas);
      if (allowed < 1) return [...stuck, `${labelOf(budget)} allows no disruption of ${replicas} pods`];
      return replicas > 1 && allowed >= replicas
        ? [...stuck, `${labelOf(budget)} allows that all ${replicas} pods go`]
        : stuck;
    }),
  ),
);

function budgetsOf(cluster: ClusterObjects, { namespace, labels }: Pods): Manifest[] {
  return ofKind(cluster, 'PodDisruptionBudget').filter(
    (b) => b.metadata.namespace === namespace && matches(selectorOf(b), labels),
  );
}

function share(value: unknown, of: number): number {
  if (typeof value === 'string' && value.endsWith('%')) return Math.ceil((of * Number(value.slice(0, -1))) / 100);
  return Number(value ?? 0);
}

/** One node or zone less is not all pods less. */
export const spread = invariant('several pods are spread over nodes and zones', (cluster) =>
  several(cluster).flatMap(({ pods }) => {
    const { spec, label, labels } = pods;
    const terms = [
      ...listAt(spec.affinity, 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'),
      ...listAt(spec.affinity, 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution').map((weighted) =>
        at(weighted, 'podAffinityTerm'),
      ),
      ...(spec.topologySpreadConstraints ?? []),
    ];
    const own = terms.filter((term) => matches(at(term, 'labelSelector') as LabelSelector | undefined, labels));
    return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
      .filter((key) => !own.some((term) => textAt(term, 'topologyKey') === key))
      .map((key) => `${label} is not spread over ${key}`);
  }),
);

/** An update starts a new pod before it ends an old one, or goes one by one where pods have names. */
export const updates = invariant('an update never goes below the number of pods', (cluster) =>
  several(cluster).flatMap(({ pods: { workload, label } }) => {
    if (workload.kind === 'StatefulSet')
      return textAt(workload, 'spec', 'updateStrategy', 'type') === 'RollingUpdate'
        ? []
        : [`${label} is not updated one by one`];
    const strategy = at(workload, 'spec', 'strategy');
    // A Rollout starts all of the new pods before any of the old ones goes.
    if (at(strategy, 'blueGreen') !== undefined) return [];
    const steps = at(strategy, 'rollingUpdate') ?? at(strategy, 'canary');
    if (steps === undefined) return [`${label} ends its old pods before it starts new ones`];
    const goesBelow = at(steps, 'maxUnavailable') !== 0 || share(at(steps, 'maxSurge'), 1) < 1;
    return goesBelow ? [`${label} goes below its number of pods during an update`] : [];
  }),
);

/** What is going on when a pod is told to stop has its time to end; somebody thought about how much. */
export const gracePeriods = invariant('every pod says how long it may take to stop', (cluster) =>
  workloadPods(cluster).flatMap(({ spec, label }) => {
    const seconds = spec.terminationGracePeriodSeconds;
    if (seconds === undefined) return [`${label} has no terminationGracePeriodSeconds`];
    const sleeps = spec.containers
      .map((c) => at(c.lifecycle, 'preStop', 'sleep', 'seconds'))
      .filter((s) => typeof s === 'number');
    return sleeps.some((s) => s >= seconds) ? [`${label} sleeps its whole time to stop away`] : [];
  }),
);

/** A budget over nobody guards nobody. */
export const budgetsUsed = invariant('a single pod has no disruption budget', (cluster) =>
  ofKind(cluster, 'PodDisruptionBudget').flatMap((budget) =>
    selected(workloadPods(cluster), budget.metadata.namespace, selectorOf(budget))
      .filter((pods) => leastReplicas(cluster, pods) < 2)
      .map((pods) => `${labelOf(budget)} is for ${pods.label}, which has one pod`),
  ),
);

function selectorOf(budget: Manifest): LabelSelector | undefined {
  return at(budget, 'spec', 'selector') as LabelSelector | undefined;
}
